-- Needs module lab, which comes later in the list but has older files.
CREATE VIEW base.sampled_sites AS
  SELECT s.id FROM base.sites s JOIN lab.samples x ON x.tenant_id = s.tenant_id AND x.site_id = s.id;
