/** What a server bears of its clients. */
export interface GrpcLimits {
  /** Bytes of one request message. */
  readonly maxRequestBytes: number;
  /** The same for a runner: what it records may hold several of what requests brought. */
  readonly maxRunnerRequestBytes: number;
  /** Milliseconds that a unary call may take whose client set no deadline. */
  readonly unaryTimeoutMs: number;
}
