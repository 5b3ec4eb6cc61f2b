/** Which execution started which, and for which of its steps: asked for twice, it is one child. */
export const version8 = `
create table child_execution (
  parent_id text not null references execution (id) on delete cascade,
  key text not null,
  child_id text not null references execution (id) on delete cascade,
  sha256 blob not null,
  primary key (parent_id, key)
) strict, without rowid;
create unique index child_execution_child on child_execution (child_id);
`;
