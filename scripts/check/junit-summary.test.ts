import { expect, test } from "bun:test";
import { summarizeJunit } from "./junit-summary.ts";

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="4" assertions="1" failures="1" skipped="1" time="0.005">
  <testsuite name="a" file="a.test.ts" tests="4" failures="9" skipped="2" time="0">
    <testcase name="passes" classname="a" time="0" file="a.test.ts" line="2" assertions="0" />
    <testcase name="fails" classname="a" time="0" file="a.test.ts" line="2" assertions="1">
      <failure type="AssertionError" message="no">no</failure>
    </testcase>
    <testcase name="needs &quot;strace&quot;" classname="a" file="a.test.ts" line="2">
      <skipped />
    </testcase>
  </testsuite>
</testsuites>`;

test("the totals are those of the root element", () => {
  expect(summarizeJunit(report)).toMatchObject({ passed: 2, failed: 1 });
});

test("a skipped test is named with its file", () => {
  expect(summarizeJunit(report).skipped).toEqual(['a.test.ts: needs "strace"']);
});

test("a report that was cut or never written is refused", () => {
  expect(() => summarizeJunit("")).toThrow("<testsuites>");
  expect(() => summarizeJunit('<testsuites name="x">')).toThrow("count of failures");
});
