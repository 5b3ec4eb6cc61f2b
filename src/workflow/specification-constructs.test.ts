import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { readWorkflow } from "./read-workflow.ts";

/** Errors in a document with these parts. The examples of the specification are not copied: these have their constructs. */
function errorsIn(parts: string, dsl = "1.0.3"): string[] {
  const head = `document: {dsl: ${dsl}, namespace: examples, name: sample, version: 0.1.0}\n`;
  return readWorkflow(parse(head + parts))
    .findings.filter(({ severity }) => severity === "error")
    .map(({ rule, pointer }) => `${rule} ${pointer}`);
}

const call = (parameters: string) => `do: [{a: {call: http, with: {method: get, ${parameters}}}}]`;
const signedIn = (how: string) => call(`endpoint: {uri: "https://x/{id}", authentication: ${how}}`);

describe("what an example of the specification uses is read:", () => {
  test.each([
    ["a secret as OpenID Connect", `use: {secrets: [s]}\n${signedIn("{oidc: {use: s}}")}`],
    ["a secret as OAuth 2", `use: {secrets: [s]}\n${signedIn("{oauth2: {use: s}}")}`],
    [
      "a shared authentication",
      `use: {authentications: {b: {bearer: {token: "\${ .t }"}}}}\n${signedIn("{use: b}")}`,
    ],
    [
      "headers and a query that are expressions",
      call('endpoint: https://x, headers: "${.h}", query: "${.q}"'),
    ],
    ["an endpoint that is an expression", call('endpoint: "${ $context.home }"')],
    ["a query within a template", call('endpoint: "https://x/find?status={status}"')],
    [
      "a function with the schema of its input",
      "use: {functions: {f: {input: {schema: {document: {type: object}}}, call: http, with: {method: get, endpoint: https://x}}}}\ndo: [{a: {call: f, with: {id: 69}}}]",
    ],
    [
      "an extension that takes the place of a call",
      'use: {extensions: [{mock: {extend: call, when: ($task.with.endpoint | startswith("https://x")), before: [{m: {set: {statusCode: 200, content: null}, then: exit}}]}}]}\ndo: []',
    ],
    [
      "a shared error whose detail is computed",
      `use: {errors: {e: {type: https://x/e, status: 500, title: T, detail: '\${ "\\( $workflow.definition.document.name ) fails" }'}}}\ndo: [{a: {raise: {error: e}}}]`,
    ],
    [
      "all events, as envelopes",
      'do: [{a: {listen: {to: {all: [{with: {type: t, data: "${ .n > 38 }"}}]}, read: envelope}}}]',
    ],
    [
      "any event for ever, one by one",
      'do: [{a: {listen: {to: {any: [], until: "${ false }"}}, foreach: {item: event, at: i, do: [{b: {set: {e: "${ $event }"}}}]}}}]',
    ],
    [
      "events one by one that are only transformed",
      "do: [{a: {listen: {to: {any: []}}, foreach: {item: e, output: {as: $e.data}}}}]",
    ],
    [
      "any event until another",
      "do: [{a: {listen: {to: {any: [{with: {type: t}}], until: {one: {with: {type: u}}}}}}}]",
    ],
    [
      "events that belong together",
      "do: [{a: {listen: {to: {all: [{with: {type: t}, correlate: {room: {from: .roomid}}}]}}, output: {as: .data.reading}}}]",
    ],
    [
      "a loop that waits in each turn",
      "do: [{a: {for: {each: pet, in: .pets, at: index}, while: .vet != null, do: [{b: {listen: {to: {one: {with: {type: t}}}}, output: {as: '.pets + [{ \"id\": $pet.id }]'}}}]}}]",
    ],
    [
      "a run for an event",
      'schedule: {on: {one: {with: {type: t}}}}\ndo: [{a: {set: "${ $workflow.input[0] }"}}]',
    ],
    ["a run at a time", "schedule: {cron: 0 0 * * *}\ndo: []"],
    [
      "a script with all its streams",
      'do: [{a: {run: {script: {language: javascript, stdin: "${ . }", environment: {u: x}, arguments: [x], code: "1"}}, output: {as: "${ fromjson }"}}}]',
    ],
    [
      "a switch with a default, and ends",
      "do: [{a: {switch: [{c: {when: .x, then: b}}, {default: {then: c}}]}}, {b: {set: {x: 1}, then: exit}}, {c: {set: {x: 2}}}]",
    ],
    [
      "a caught error that is kept",
      "do: [{a: {try: [{b: {wait: PT1S}}], catch: {errors: {with: {type: https://x, status: 404}}, as: error, do: [{c: {set: {error: $error}, export: {as: '$context + { error: $error }'}}}]}}}]",
    ],
    [
      "an input that is transformed first",
      'do: [{a: {input: {from: .user.claims.subject}, set: {id: "${ . }"}}}]',
    ],
    [
      "an output that is built",
      "do: [{a: {set: {x: 1}, output: {as: '{ ids: [ $input, .id ] }'}}}]",
    ],
    [
      "tasks that follow in another order",
      "do: [{a: {set: {x: 1}, then: c}}, {b: {set: {x: 2}, then: end}}, {c: {set: {x: 3}, then: b}}]",
    ],
  ])("%s", (_, parts) => {
    expect(errorsIn(parts)).toEqual([]);
  });

  test.each(["1.0.0", "1.0.1", "1.0.3", "1.0.0-alpha5"])("dsl %s", (dsl) => {
    expect(errorsIn("do: []", dsl)).toEqual([]);
  });
});

describe("what is excluded is said to be not supported, and nothing else is wrong:", () => {
  test.each([
    [
      "a container",
      "do: [{a: {run: {container: {image: hello-world}, return: none}}}]",
      "/do/0/a/run/container",
    ],
    [
      "AsyncAPI",
      "do: [{a: {call: asyncapi, with: {document: {endpoint: https://x}}}}]",
      "/do/0/a/call",
    ],
    ["A2A", "do: [{a: {call: a2a, with: {method: message/send}}}]", "/do/0/a/call"],
    [
      "a function of a catalog",
      'do: [{a: {call: "log:1.0.0@global", with: {m: 1}}}]',
      "/do/0/a/call",
    ],
    ["a function at an address", "do: [{a: {call: https://x/function.yaml}}]", "/do/0/a/call"],
    [
      "catalogs",
      "use: {catalogs: {global: {endpoint: {uri: https://x}}}}\ndo: []",
      "/use/catalogs",
    ],
    [
      "digest authentication",
      signedIn("{digest: {username: u, password: p}}"),
      "/do/0/a/with/endpoint/authentication/digest",
    ],
    [
      "another grant",
      signedIn("{oauth2: {authority: https://x, grant: password, username: u, password: p}}"),
      "/do/0/a/with/endpoint/authentication/oauth2/grant",
    ],
  ])("%s", (_, parts, pointer) => {
    expect(errorsIn(parts)).toEqual([`not-supported ${pointer}`]);
  });
});
