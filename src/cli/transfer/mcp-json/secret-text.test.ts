import { expect, test } from "bun:test";
import { isSecretAddress, isSecretName, isSecretValue, secretArgument } from "./secret-text.ts";

test.each([
  "GITHUB_TOKEN",
  "GITHUB_PERSONAL_ACCESS_TOKEN",
  "apiKey",
  "X-Api-Key",
  "Authorization",
  "DB_PASSWORD",
  "client_secret",
  "GITLAB_PAT",
  "Cookie",
])("%s is the name of a secret", (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.each([
  "REGION",
  "PATH",
  "MONKEY",
  "KEYBOARD",
  "AUTHOR",
  "TOKENIZER",
  "LOG_LEVEL",
  "COMPATIBLE",
])("%s is not", (name) => {
  expect(isSecretName(name)).toBe(false);
});

test.each([
  `sk-ant-${"a1-".repeat(9)}`,
  "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
  "xoxb-1234567890-abcdef",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x",
  "0123456789abcdef0123456789abcdef",
])("%s is a secret by itself", (value) => {
  expect(isSecretValue(value)).toBe(true);
});

test.each(["info", "https://example.com/a/b", "/home/me/projects/with-a-rather-long-name-2"])(
  "%s is not",
  (value) => {
    expect(isSecretValue(value)).toBe(false);
  },
);

test.each([
  [["-y", "server", "--api-key", "abc"], 3],
  [["--token=abc"], 0],
  [["run", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"], 1],
  [["--url", "https://me:pw@example.com"], 1],
  [["run", "-e", "GITHUB_TOKEN", "image"], undefined],
  [["--header", "Authorization: Bearer abc"], 1],
  [["--header=Authorization:Bearer abc"], 0],
  [["-H", "X-Api-Key: abc"], 1],
  [["run", "-e", "SERVICE_API_KEY=abc", "image"], 2],
  [["--env=SERVICE_API_KEY=abc"], 0],
  [["-c", "export DB_PASSWORD='abc'; serve"], 1],
  [['{"client_secret": "abc"}'], 0],
  [["run", "-e", "SERVICE_API_KEY=${KEY}", "-e", "API_KEY=${env:KEY}", "image"], undefined],
  [["--header", "Authorization: Bearer ${TOKEN}", "--header", "Cookie:${C:-a=b}"], undefined],
  [["--api-key", "${KEY}", "--token=${TOKEN}"], undefined],
  [["-e", "REGION=eu", "-e", "USE_AUTH=true", "-H", "Accept: text/html"], undefined],
  [["-v", "/keys:/auth:ro", "https://example.com/a", "C:\\key"], undefined],
  [["--keyboard", "de", "--path", "/tmp"], undefined],
])("of the arguments %p the secret one is %p", (args, found) => {
  expect(secretArgument(args)).toBe(found);
});

test.each([
  ["https://example.com/mcp?api_key=abc", true],
  ["https://me:pw@example.com/mcp", true],
  ["https://example.com/s/0123456789abcdef0123456789abcdef/mcp", true],
  ["https://example.com/mcp?region=eu", false],
])("%s carries a secret: %p", (address, expected) => {
  expect(isSecretAddress(address)).toBe(expected);
});
