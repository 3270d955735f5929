# For the Atlas CLI, which reviewers and operators run from its own module:
#
#   go tool -modfile=internal/tools/atlas/go.mod atlas migrate status --env tenancy --url "$URL"
#
# --env names a module, which is also its directory and its PostgreSQL schema.
# docs/schema-review.md says what the CLI is for here, and what it is not.

variable "url" {
  type    = string
  default = getenv("ATTESTDB_OWNER_DATABASE_URL")
}

env {
  name = atlas.env
  url  = var.url
  migration {
    dir = "file://migrations/${atlas.env}"
    # One revision table a module: versions of different modules would mix.
    revisions_schema = "atlas_${atlas.env}"
  }
}
