/** Lists that ask for a label or a phase that few of many have. */
export const version5 = `
create index label_value on label (key, value, resource_id);
create index resource_phase on resource (kind, phase, created_at, id, org);
`;
