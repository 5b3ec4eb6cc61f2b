import { create } from "@bufbuild/protobuf";
import * as fc from "fast-check";
import {
  type ResourceDocument,
  ResourceDocumentSchema,
} from "../../src/contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { type Kind, kindOf, kinds } from "../../src/contract/kinds.ts";
import { hostileTexts } from "./hostile-texts.ts";
import { existingNames, sampleSpec } from "./kind-home.ts";
import { validSpecs } from "./valid-specs.ts";

export const writtenKinds: readonly Kind[] = kinds.filter(({ info }) => info.definition);

type NamedDocument = (slug: string) => ResourceDocument;

const labelKey = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._/-]{0,9}[A-Za-z0-9])?$/);
const labelValue = fc.stringMatching(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,9}[A-Za-z0-9])?)?$/);

const metadata = fc.record({
  name: hostileTexts,
  labels: fc.dictionary(labelKey, labelValue, { maxKeys: 4, noNullPrototype: true }),
  annotations: fc.dictionary(hostileTexts, hostileTexts, { maxKeys: 4, noNullPrototype: true }),
  tags: fc.array(hostileTexts, { maxLength: 4 }),
});

/**
 * Documents of every kind that users write, whose references lead to one another; names, labels,
 * annotations and tags are any that the contract allows.
 */
export const generatedDocuments: fc.Arbitrary<ResourceDocument[]> = fc
  .tuple(...writtenKinds.map((kind) => fc.array(documents(kind), { minLength: 1, maxLength: 3 })))
  .map((perKind) => [
    ...[...existingNames].map(([number, slug]) =>
      document(kindOf(number), { slug }, sampleSpec(kindOf(number))),
    ),
    ...perKind.flatMap((made, kind) =>
      made.map((each, index) => each(`generated-${kind}-${index}`)),
    ),
  ]);

function documents(kind: Kind): fc.Arbitrary<NamedDocument> {
  const specs = validSpecs(kind, existingNames, hostileTexts);
  return fc
    .record({ metadata, spec: specs, isNamed: fc.boolean() })
    .map(({ metadata: given, spec, isNamed }) => (slug: string) => {
      const named = isNamed ? given : { ...given, name: "" };
      return document(kind, { ...named, slug }, spec);
    });
}

function document(kind: Kind, given: object, spec: object): ResourceDocument {
  const field = ResourceDocumentSchema.fields.find(({ message }) => message === kind.message);
  const value = create(kind.message, { metadata: given, spec });
  const resource = { case: field?.localName, value } as ResourceDocument["resource"];
  return create(ResourceDocumentSchema, { resource });
}
