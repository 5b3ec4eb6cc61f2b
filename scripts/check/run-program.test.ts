import { expect, test } from "bun:test";
import { runProgram } from "./run-program.ts";

test("a program's exit code and both of its streams are kept", async () => {
  const { exitCode, output } = await runProgram(["sh", "-c", "echo out; echo err >&2; exit 3"]);
  expect(exitCode).toBe(3);
  expect(output).toBe("out\nerr\n");
});

test("a program that passes its deadline is ended with its children, and reads as failed", async () => {
  // The child keeps the pipe open: without its end the output would never be complete.
  const { exitCode, output } = await runProgram(["sh", "-c", "echo begun; sleep 600 & wait"], 200);
  expect(exitCode).toBe(124);
  expect(output).toStartWith("begun\n");
});

test("settings of the caller do not reach the gate", async () => {
  process.env["STIGMER_HOME"] = "/somewhere";
  const { output } = await runProgram(["sh", "-c", 'echo "$STIGMER_HOME."']);
  delete process.env["STIGMER_HOME"];
  expect(output).toBe(".\n");
});
