/**
 * How a caller asks for something, for hints of the daemon: most are read by people at a command
 * line, who know flags and no fields of the wire.
 */
export const callerWords = {
  cascade: "--cascade (gRPC: stigmer-cascade: true)",
  nextPage: "--cursor of the page before (gRPC: nextPageToken)",
} as const;
