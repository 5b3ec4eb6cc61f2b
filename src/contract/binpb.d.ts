/** `import path from "./x.binpb" with { type: "file" }`: where the embedded file can be read. */
declare module "*.binpb" {
  const path: string;
  export default path;
}
