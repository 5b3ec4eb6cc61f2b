import {
  create,
  type DescMethod,
  type DescMethodUnary,
  type Message,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import type { CallOptions, Channel } from "../../src/contract/channel.ts";
import type { ApiResourceListRequestSchema } from "../../src/contract/gen/ai/stigmer/commons/apiresource/v1/io_pb.ts";
import type { ApiResourceMetadataSchema } from "../../src/contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import type { Kind } from "../../src/contract/kinds.ts";
import { metadataKeys } from "../../src/contract/metadata-keys.ts";
import type { Resource } from "../../src/resources/resource.ts";

export interface ResourceInit {
  readonly metadata?: MessageInitShape<typeof ApiResourceMetadataSchema> | undefined;
  readonly spec?: object | undefined;
  readonly status?: object | undefined;
}

/** How a write is asked for, beside what is written. */
export interface WriteOptions {
  readonly requestId?: string;
  readonly dryRun?: true;
  readonly cascade?: true;
}

export interface ResourceList {
  readonly items: Resource[];
  readonly nextPageToken: string;
}

/** The verbs that every kind has, called through the descriptors of its services. */
export class KindClient {
  readonly kind: Kind;
  readonly #channel: Channel;

  constructor(kind: Kind, channel: Channel) {
    this.kind = kind;
    this.#channel = channel;
  }

  /** A message of the kind, for whoever changes it before it is sent. */
  message(init: ResourceInit): Resource {
    return create(this.kind.message, init as MessageInitShape<Kind["message"]>) as Resource;
  }

  create(init: ResourceInit, options?: WriteOptions): Promise<Resource> {
    return this.#command("create", this.message(init), options);
  }

  update(resource: ResourceInit, options?: WriteOptions): Promise<Resource> {
    return this.#command("update", this.message(resource), options);
  }

  apply(resource: ResourceInit, options?: WriteOptions): Promise<Resource> {
    return this.#command("apply", this.message(resource), options);
  }

  delete(name: string, options?: WriteOptions): Promise<Resource> {
    return this.#command("delete", { value: name }, options);
  }

  get(name: string): Promise<Resource> {
    return this.#query("get", { value: name }) as Promise<Resource>;
  }

  getByReference(reference: string): Promise<Resource> {
    return this.#query("getByReference", { reference }) as Promise<Resource>;
  }

  async list(
    request: MessageInitShape<typeof ApiResourceListRequestSchema> = {},
  ): Promise<ResourceList> {
    return (await this.#query("list", request)) as unknown as ResourceList;
  }

  /** Every page of a list, one after the other. */
  async *pages(
    request: MessageInitShape<typeof ApiResourceListRequestSchema>,
  ): AsyncGenerator<Resource[]> {
    let pageToken = "";
    do {
      const page = await this.list({ ...request, pageToken });
      yield page.items;
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
  }

  async #command(name: string, request: object, options: WriteOptions = {}): Promise<Resource> {
    const method = this.kind.command.method[name];
    return (await this.#unary(method, request, { metadata: metadataOf(options) })) as Resource;
  }

  #query(name: string, request: object): Promise<Message> {
    return this.#unary(this.kind.query.method[name], request, {});
  }

  #unary(method: DescMethod | undefined, request: object, options: CallOptions): Promise<Message> {
    const init = request as Record<string, unknown>;
    return this.#channel.unary(method as DescMethodUnary, init, options);
  }
}

function metadataOf({ requestId, dryRun, cascade }: WriteOptions): Record<string, string> {
  return {
    ...(requestId === undefined ? {} : { [metadataKeys.requestId]: requestId }),
    ...(dryRun === undefined ? {} : { [metadataKeys.dryRun]: "true" }),
    ...(cascade === undefined ? {} : { [metadataKeys.cascade]: "true" }),
  };
}
