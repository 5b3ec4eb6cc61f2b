import { expect, test } from "bun:test";
import { ollamaUrl } from "./ollama-api.ts";

test.each([
  ["http://127.0.0.1:11434", "http://127.0.0.1:11434/api/tags"],
  ["gpu-box", "http://gpu-box:11434/api/tags"],
  ["gpu-box:80", "http://gpu-box/api/tags"],
  ["0.0.0.0:11434", "http://127.0.0.1:11434/api/tags"],
  ["[::]:11434", "http://[::1]:11434/api/tags"],
  ["https://ollama.example", "https://ollama.example/api/tags"],
  ["https://proxy.example/ollama/", "https://proxy.example/ollama/api/tags"],
])("%s is asked at %s", (baseUrl, url) => {
  expect(ollamaUrl({ baseUrl }, "/api/tags")).toBe(url);
});
