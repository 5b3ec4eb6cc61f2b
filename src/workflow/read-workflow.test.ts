import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { readWorkflow } from "./read-workflow.ts";

const head = `document: {dsl: 1.0.3, namespace: test, name: sample, version: 0.1.0}\n`;
const shared = `use:
  authentications: {site: {basic: {username: me, password: "\${ $secrets.key }"}}}
  errors: {gone: {type: https://example.com/gone, status: 410}}
  functions: {greet: {set: {greeting: hello}}}
  retries: {twice: {limit: {attempt: {count: 2}}}}
  secrets: [key]
  timeouts: {short: {after: PT5S}}
`;

/** What is found in tasks, as `SEVERITY POINTER RULE MESSAGE`. */
function found(tasks: string, before = shared): string[] {
  const list = tasks
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
  const { findings, definition } = readWorkflow(parse(`${head}${before}do:\n${list}\n`));
  const hasError = findings.some(({ severity }) => severity === "error");
  expect(definition === undefined).toBe(hasError);
  return findings.map((each) => `${each.severity} ${each.pointer} ${each.rule} ${each.message}`);
}

describe("a task of the specification is read", () => {
  test.each([
    ["set", `- a: {set: {total: "\${ .a + 1 }", list: [1, "\${ .b }"]}}`],
    ["set to an expression", `- a: {set: "\${ {x: 1} }"}`],
    ["do", `- a: {do: [{b: {set: {x: 1}}}]}`],
    [
      "for",
      `- a: {for: {each: pet, in: .pets, at: i}, while: $i < 3, do: [{b: {set: {p: "\${ $pet }"}}}]}`,
    ],
    [
      "parallel for",
      `- a: {for: {in: .pets}, do: [{b: {set: {p: "\${ $item }"}}}], metadata: {maxParallel: 8}}`,
    ],
    [
      "fork",
      `- a: {fork: {compete: true, branches: [{b: {wait: PT1S}}, {c: {wait: {seconds: 2}}}]}}`,
    ],
    [
      "switch",
      `- a: {switch: [{large: {when: .n > 9, then: b}}, {other: {then: end}}]}\n- b: {set: {x: 1}}`,
    ],
    [
      "try",
      `- a: {try: [{b: {raise: {error: gone}}}], catch: {errors: {with: {status: 410}}, as: e, when: $e.status == 410, retry: twice, do: [{c: {set: {e: "\${ $e }"}}}]}}`,
    ],
    [
      "a retry of its own",
      `- a: {try: [{b: {wait: PT1S}}], catch: {retry: {delay: {seconds: 1}, backoff: {exponential: {}}, limit: {attempt: {count: 3}, duration: PT1M}, jitter: {from: PT0S, to: PT1S}}}}`,
    ],
    [
      "raise",
      `- a: {raise: {error: {type: https://example.com/x, status: 400, title: "\${ .t }", detail: no}}}`,
    ],
    ["wait", `- a: {wait: {days: 1, hours: 2, minutes: 3, seconds: 4, milliseconds: 5}}`],
    ["wait for an expression", `- a: {wait: "\${ .delay }"}`],
    [
      "emit",
      `- a: {emit: {event: {with: {source: https://example.com, type: order.made, data: {id: "\${ .id }"}}}}}`,
    ],
    [
      "listen to one",
      `- a: {listen: {to: {one: {with: {type: order.made}, correlate: {id: {from: .data.id}}}}}}`,
    ],
    [
      "listen to any until",
      `- a: {listen: {to: {any: [], until: length > 2}, read: envelope}, foreach: {item: e, do: [{b: {set: {x: "\${ $e }"}}}]}}`,
    ],
    ["listen to all", `- a: {listen: {to: {all: [{with: {type: a}}, {with: {type: b}}]}}}`],
    [
      "run shell",
      `- a: {run: {shell: {command: "echo hi", arguments: ["\${ .x }"], environment: {A: b}}, return: all}}`,
    ],
    ["run script", `- a: {run: {script: {language: javascript, code: "return 1"}, await: false}}`],
    [
      "run workflow",
      `- a: {run: {workflow: {namespace: test, name: other, version: 1.0.0, input: {x: 1}}}}`,
    ],
    [
      "call http",
      `- a: {call: http, with: {method: get, endpoint: {uri: "https://example.com/{id}", authentication: {use: site}}, headers: {A: "Bearer \${ .t }"}, output: response}}`,
    ],
    [
      "call grpc",
      `- a: {call: grpc, with: {proto: {endpoint: file:///p.proto}, service: {name: S, host: localhost, port: 50051}, method: M, arguments: {x: 1}}}`,
    ],
    [
      "call openapi",
      `- a: {call: openapi, with: {document: {endpoint: https://example.com/o.json}, operationId: find, parameters: {id: "\${ .id }"}}}`,
    ],
    [
      "call mcp",
      `- a: {call: mcp, with: {method: tools/call, parameters: {name: t}, transport: {stdio: {command: serve}}}}`,
    ],
    ["call an agent", `- a: {call: agent, with: {agent: reviewer, message: "Review \${ .diff }"}}`],
    ["call a function", `- a: {call: greet, with: {name: x}}`],
    [
      "what all have",
      `- a: {if: .x, input: {schema: {document: {type: object}}, from: .x}, set: {y: 1}, output: {as: .y}, export: {as: "$context + {y: .y}"}, timeout: short, then: exit, metadata: {note: 1}}`,
    ],
    [
      "a way back",
      `- a: {set: {n: "\${ .n + 1 }"}}\n- b: {switch: [{again: {when: .n < 3, then: a}}]}`,
    ],
    [
      "an authentication of its own",
      `- a: {call: http, with: {method: get, endpoint: {uri: https://example.com, authentication: {oauth2: {authority: https://id.example.com, grant: client_credentials, client: {id: a, secret: "\${ $secrets.key }"}}}}}}`,
    ],
  ])("%s", (_, task) => {
    expect(found(task)).toEqual([]);
  });
});

describe("a mistake is named with its place", () => {
  test.each<[string, string, string[]]>([
    [
      "an unknown property",
      `- a: {call: http, with: {method: get, url: https://example.com}}`,
      [
        'error /do/0/a/with/url unknown-property there is no property "url"; did you mean "endpoint"?',
        'error /do/0/a/with required "endpoint" is missing',
      ],
    ],
    [
      "nothing to do",
      `- a: {sett: {x: 1}}`,
      ['error /do/0/a kind says nothing to do; did you mean "set"?'],
    ],
    [
      "another engine's word",
      `- a: {parallel: []}`,
      ['error /do/0/a kind says nothing to do; did you mean "fork"?'],
    ],
    [
      "a jump to nowhere",
      `- a: {set: {x: 1}, then: bb}\n- bc: {set: {x: 1}}`,
      [
        'error /do/0/a/then flow there is no task "bb" in this list; did you mean "bc"?',
        'warning /do/1/bc unreachable nothing leads to the task "bc"',
      ],
    ],
    [
      "a jump out of its list",
      `- a: {do: [{b: {set: {x: 1}, then: cleanup}}]}\n- cleanup: {set: {x: 1}}`,
      [
        'error /do/0/a/do/0/b/then flow there is no task "cleanup" in this list; continue, exit, end or a task of this list',
      ],
    ],
    [
      "a task that nothing leads to",
      `- a: {set: {x: 1}, then: end}\n- b: {set: {x: 1}}`,
      ['warning /do/1/b unreachable nothing leads to the task "b"'],
    ],
    [
      "a name twice",
      `- a: {set: {x: 1}}\n- a: {set: {x: 2}}`,
      ['error /do/1/a unique there is another task "a" in this list'],
    ],
    [
      "two names for one task",
      `- {a: {set: {x: 1}}, b: {set: {x: 1}}}`,
      ["error /do/0 single-key takes one key, the name of the task, not a, b"],
    ],
    [
      "no jq",
      `- a: {if: .x ==, set: {y: 1}}`,
      ['error /do/0/a/if expression expected an expression, found the end, at column 6 of ".x =="'],
    ],
    [
      "an unknown variable",
      `- a: {set: {x: "\${ $item }"}}`,
      ['error /do/0/a/set/x expression $item is not defined, at column 2 of "$item"'],
    ],
    [
      "an expression without an end",
      `- a: {set: {x: "\${ .a"}}`,
      ['error /do/0/a/set/x expression "${ .a": ${ is never closed by }'],
    ],
    [
      "an unknown retry",
      `- a: {try: [{b: {wait: PT1S}}], catch: {retry: twise}}`,
      [
        'error /do/0/a/catch/retry unknown-name "twise" is not in use.retries; did you mean "twice"?',
      ],
    ],
    [
      "an unknown function",
      `- a: {call: htp, with: {}}`,
      ['error /do/0/a/call unknown-name there is no function "htp"; did you mean "http"?'],
    ],
    [
      "an unknown secret",
      `- a: {call: http, with: {method: get, endpoint: {uri: https://example.com, authentication: {basic: {use: kee}}}}}`,
      [
        'error /do/0/a/with/endpoint/authentication/basic/use unknown-name "kee" is not in use.secrets; did you mean "key"?',
      ],
    ],
    [
      "no duration",
      `- a: {wait: PT}`,
      [
        'error /do/0/a/wait form is "PT", not a duration such as PT30S, P1DT12H, or a map such as {seconds: 30}',
      ],
    ],
    [
      "two triggers of an event",
      `- a: {listen: {to: {one: {with: {type: a}}, all: [{with: {type: a}}]}}}`,
      ["error /do/0/a/listen/to one-of takes one of one, all, any"],
    ],
    [
      "what is not supported yet",
      `- a: {run: {container: {image: x}}}\n- b: {call: asyncapi, with: {}}`,
      [
        "error /do/0/a/run/container not-supported running a container is not supported yet",
        "error /do/1/b/call not-supported call: asyncapi is not supported yet",
      ],
    ],
    [
      "too much at a time",
      `- a: {for: {in: .x}, do: [{b: {wait: PT1S}}], metadata: {maxParallel: 0}}`,
      ["error /do/0/a/metadata/maxParallel range is not a whole number from 1 to 1000"],
    ],
  ])("%s", (_, task, expected) => {
    expect(found(task)).toEqual(expected);
  });

  test("in the document", () => {
    const { findings } = readWorkflow(
      parse("document: {dsl: 2.0.0, namespace: a b, version: one}\ndoo: []"),
    );
    expect(findings.map(({ pointer, rule }) => `${pointer} ${rule}`)).toEqual([
      "/doo unknown-property",
      "/document/dsl form",
      "/document/namespace form",
      "/document required",
      "/document/version form",
      " required",
    ]);
  });

  test("in what tasks share", () => {
    const before = `use: {errors: {e: {type: x}}, catalogs: {c: {endpoint: x}}, functions: {f: {wait: 5}}}\n`;
    expect(found("- a: {set: {x: 1}}", before).map((each) => each.split(" ").slice(0, 3))).toEqual([
      ["error", "/use/errors/e", "required"],
      ["error", "/use/functions/f/wait", "type"],
      ["error", "/use/catalogs", "not-supported"],
    ]);
  });
});
