/** A folder of small text files that all windows share. Names are plain file names. */
export type SharedFiles = {
  names(): Promise<readonly string[]>;
  /** Undefined where there is no such file. */
  read(name: string): Promise<string | undefined>;
  /** Writes a file so that a reader sees either the old text or the new one. */
  write(name: string, text: string): Promise<void>;
  /** Creates a file that does not exist. `false` where it exists: of several windows only one succeeds. */
  create(name: string, text: string): Promise<boolean>;
  /** Renames a file. `false` where it no longer exists: of several windows only one succeeds. */
  rename(from: string, to: string): Promise<boolean>;
  /** Deletes a file, if it exists. */
  remove(name: string): Promise<void>;
};
