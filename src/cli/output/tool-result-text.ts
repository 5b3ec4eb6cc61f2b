import type { ToolResult } from "../../contract/gen/ai/stigmer/commons/execution/v1/tool_result_pb.ts";

/** What a tool answered as text; images are named by type and size. */
export function toolResultText(result: ToolResult): string {
  return result.content
    .map(({ content }) => {
      switch (content.case) {
        case "text":
        case "json":
          return content.value;
        case "image":
          return `[${content.value.mediaType}, ${content.value.data.length} bytes]`;
        default:
          return "";
      }
    })
    .join("\n");
}
