import type { JqValue } from "../../src/jq/values/value.ts";

const order: JqValue = {
  id: "o-17",
  total: 129.9,
  customer: { name: "Ada", email: "ada@example.org", tags: ["vip", "eu"] },
  items: [
    { sku: "k1", price: 19.95, quantity: 2, stock: true },
    { sku: "m3", price: 90, quantity: 1, stock: false },
  ],
};

/** Expressions of the kind that definitions of workflows hold. */
export const workflowExpressions: readonly (readonly [program: string, input: JqValue])[] = [
  [".customer.name", order],
  ['.missing.field // "none"', order],
  [".total > 100 and (.items | length) > 1", order],
  [".items | map(.price * .quantity) | add", order],
  [".items[] | select(.stock | not) | .sku", order],
  ["[.items[] | {sku, cost: (.price * .quantity)}] | sort_by(-.cost)", order],
  ['"Order \\(.id) of \\(.customer.name): \\(.items | length) items"', order],
  ["{id, name: .customer.name, skus: [.items[].sku]}", order],
  ["del(.customer.email) | .customer", order],
  [".items |= map(.quantity += 1)", order],
  ['(.items[] | select(.sku == "k1") | .price) = 5', order],
  ["reduce .items[] as $item ({}; .[$item.sku] = $item.quantity)", order],
  ['.customer.tags | index("eu")', order],
  ["[.items[] | .price] | min, max", order],
  ["to_entries | map(.key)", order],
  ['with_entries(select(.value | type != "object"))', order],
  ['.customer.email | test("^[^@]+@[^@]+$")', order],
  ['.customer.email | capture("(?<user>[^@]+)@(?<host>.+)")', order],
  ['.id | split("-") | .[1] | tonumber', order],
  ['if .total >= 100 then "large" elif .total >= 10 then "medium" else "small" end', order],
  ["[limit(1; .items[] | select(.price > 10))]", order],
  [
    ".items | group_by(.stock) | map({key: (.[0].stock | tostring), value: length}) | from_entries",
    order,
  ],
  ['try error("no stock") catch "failed: " + .', order],
  ['[paths(type == "number")]', order],
  ['@base64 "\\(.id):\\(.total)"', order],
  [".items as [$first, $second] | $first.sku + $second.sku", order],
  ["any(.items[]; .stock), all(.items[]; .stock)", order],
  ["[.. | strings]", order],
  ["1425599621 | todate", null],
  ['"2015-03-05T23:51:47Z" | fromdate', null],
];
