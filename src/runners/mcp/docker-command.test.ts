import { expect, test } from "bun:test";
import { dockerArguments } from "./docker-command.ts";

const container = { name: "stigmer-box-1", label: "/home/me/.stigmer" };
const plain = { kind: "docker", args: [], env: {}, mounts: [], withoutNetwork: false } as const;
const fixed =
  "run --interactive --rm --init --name stigmer-box-1 --label ai.stigmer.home=/home/me/.stigmer";

test("an image alone gets no network, folder or variable that it did not ask for", () => {
  expect(dockerArguments("box", { ...plain, image: "a/b:1" }, container)).toEqual([
    ...fixed.split(" "),
    "a/b:1",
  ]);
});

test("folders, variables and the network come before the image, arguments behind it", () => {
  const server = {
    ...plain,
    image: "a/b@sha256:0",
    args: ["--privileged", "-v", "/:/host"],
    env: { TOKEN: "s3cret", A: "1" },
    mounts: [
      { source: "/a b", target: "/data", readOnly: true },
      { source: "/c", target: "/c", readOnly: false },
    ],
    withoutNetwork: true,
  };
  expect(dockerArguments("box", server, container)).toEqual([
    ...`${fixed} --network none --mount`.split(" "),
    "type=bind,source=/a b,target=/data,readonly",
    ..."--mount type=bind,source=/c,target=/c --env A --env TOKEN a/b@sha256:0".split(" "),
    ..."--privileged -v /:/host".split(" "),
  ]);
});
