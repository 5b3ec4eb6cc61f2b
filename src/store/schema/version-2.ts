/** What a file said of a resource when it was last applied: the third side of the next apply. */
export const version2 = `
create table declaration (
  resource_id text primary key not null references resource (id) on delete cascade,
  body blob not null,
  sha256 blob not null
) strict, without rowid;
`;
