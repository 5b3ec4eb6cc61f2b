import type { DescService } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import { ApiKeyCommandController } from "../../contract/gen/ai/stigmer/iam/apikey/v1/command_pb.ts";
import { ApiKeyQueryController } from "../../contract/gen/ai/stigmer/iam/apikey/v1/query_pb.ts";
import { IamPolicyCommandController } from "../../contract/gen/ai/stigmer/iam/iampolicy/v1/command_pb.ts";
import { IamPolicyQueryController } from "../../contract/gen/ai/stigmer/iam/iampolicy/v1/query_pb.ts";
import { IdentityAccountCommandController } from "../../contract/gen/ai/stigmer/iam/identityaccount/v1/command_pb.ts";
import { IdentityAccountQueryController } from "../../contract/gen/ai/stigmer/iam/identityaccount/v1/query_pb.ts";
import { OrganizationCommandController } from "../../contract/gen/ai/stigmer/tenancy/organization/v1/command_pb.ts";
import { OrganizationQueryController } from "../../contract/gen/ai/stigmer/tenancy/organization/v1/query_pb.ts";
import type { ServiceImplementation } from "../grpc/handlers.ts";

const services: readonly DescService[] = [
  ApiKeyCommandController,
  ApiKeyQueryController,
  IamPolicyCommandController,
  IamPolicyQueryController,
  IdentityAccountCommandController,
  IdentityAccountQueryController,
  OrganizationCommandController,
  OrganizationQueryController,
];

/** Kinds of a shared server: a local daemon has one user and one organisation, and says so. */
export function serverOnlyServices(): ServiceImplementation[] {
  return services.map((service) => ({ service, handlerOf: () => () => refuse(service) }));
}

function refuse({ name }: DescService): Promise<never> {
  const kind = name.replace(/(?:Command|Query)Controller$/, "");
  const error = new StigmerError("unimplemented", `A local daemon keeps no ${kind}.`, {
    hint: "It has one user and needs none; log in to a shared server with stigmer login SERVER.",
  });
  return Promise.reject(error);
}
