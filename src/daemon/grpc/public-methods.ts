/** Methods that anybody who reaches the daemon may call, as `package.Service/method`. */
export const publicMethods: ReadonlySet<string> = new Set([
  "ai.stigmer.system.v1.SystemQueryController/version",
  "grpc.health.v1.Health/Check",
  "grpc.health.v1.Health/Watch",
  "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
  "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
]);
