/** A file of a skill where it lies now: on the disk, in an archive, in a document. */
export interface SourceFile {
  /** Below the folder of the skill, with slashes. */
  readonly path: string;
  readonly executable: boolean;
  /** Its content from the start; may be asked for more than once. */
  open(): AsyncIterable<Uint8Array>;
}

/** The files of a skill, readable until it is disposed. */
export interface SkillSource extends AsyncDisposable {
  readonly files: readonly SourceFile[];
}

/** What one skill may have, whatever it comes from. */
export const skillLimits = { files: 10_000, bytes: 500_000_000 } as const;
