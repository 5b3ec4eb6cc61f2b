import type { Json } from "../../../../contract/json.ts";
import type { OpenApiCall } from "../../../../workflow/definition/call.ts";
import type { CallPlace } from "../../workflow-host.ts";
import type { CallHost } from "../call-host.ts";
import { evaluateMap } from "../evaluate-parameters.ts";
import { guardedCall } from "../guarded-call.ts";
import { requestHttp } from "../http-call.ts";
import { readResource } from "../read-resource.ts";
import { authorizedScope, headerOf, resolveAuthentication } from "../resolve-authentication.ts";
import { buildRequest } from "./build-request.ts";
import { findOperation } from "./find-operation.ts";
import { OpenApiDocument } from "./openapi-document.ts";

/** `call: openapi`: an operation of a Swagger 2 or OpenAPI 3 document. @throws WorkflowFailure */
export function callOpenApi(call: OpenApiCall, place: CallPlace, host: CallHost): Promise<Json> {
  return guardedCall(place, host, async (running) => {
    const document = await OpenApiDocument.read(await readResource(call.document, running));
    const operation = findOperation(document, call.operationId);
    const authorization = await resolveAuthentication(call.authentication, running);
    const scope = authorizedScope(running.scope, authorization);
    const request = buildRequest(
      document,
      operation,
      evaluateMap(call.parameters, scope, "the parameters"),
    );
    if (authorization) request.headers.set("authorization", headerOf(authorization));
    const followsRedirects = call.redirect ?? false;
    return await requestHttp({ ...request, followsRedirects }, call.output, running);
  });
}
