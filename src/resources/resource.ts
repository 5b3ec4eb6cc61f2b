import type { Message } from "@bufbuild/protobuf";
import type {
  ApiResourceAudit,
  ApiResourceMetadata,
} from "../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";

/** What every resource message has; a test keeps the protos to it. */
export type Resource = Message & {
  apiVersion: string;
  kind: string;
  metadata?: ApiResourceMetadata | undefined;
  spec?: Message | undefined;
  status?: (Message & { audit?: ApiResourceAudit | undefined }) | undefined;
};
