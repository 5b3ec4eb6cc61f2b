/**
 * Which part of a journal an outcome makes superfluous for a resume: the rows from `from_seq` up to
 * the one before it. They stay as history.
 */
export const version6 = `
create table journal_cover (
  execution_id text not null references execution (id) on delete cascade,
  seq integer not null,
  from_seq integer not null,
  sha256 blob not null,
  primary key (execution_id, seq)
) strict, without rowid;
`;
