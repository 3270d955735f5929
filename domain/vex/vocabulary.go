package vex

import "strings"

// named is a word of a format and what it means here.
type named[V any] struct {
	name  string
	value V
}

var statuses = []named[Status]{
	{"not_affected", NotAffected}, {"affected", Affected}, {"fixed", Fixed}, {"under_investigation", UnderInvestigation},
}

// justifications are OpenVEX' and those of CSAF's flags: CSAF took them over.
var justifications = []named[Justification]{
	{"component_not_present", ComponentNotPresent},
	{"vulnerable_code_not_present", VulnerableCodeNotPresent},
	{"vulnerable_code_not_in_execute_path", VulnerableCodeNotInExecutePath},
	{"vulnerable_code_cannot_be_controlled_by_adversary", VulnerableCodeCannotBeControlledByAdversary},
	{"inline_mitigations_already_exist", InlineMitigationsAlreadyExist},
}

// csafStatuses are in the order in which statements are made. Those with "" say which
// version to use, or that nobody knows: no statement.
var csafStatuses = []named[Status]{
	{"known_not_affected", NotAffected},
	{"known_affected", Affected}, {"first_affected", Affected}, {"last_affected", Affected},
	{"fixed", Fixed}, {"first_fixed", Fixed},
	{"under_investigation", UnderInvestigation},
	{"recommended", ""}, {"unknown", ""},
}

var csafRemediations = []named[struct{}]{
	{name: "vendor_fix"},
	{name: "mitigation"},
	{name: "workaround"},
	{name: "none_available"},
	{name: "no_fix_planned"},
	{name: "fix_planned"},
	{name: "optional_patch"},
}

var csafRelations = []named[struct{}]{
	{name: "default_component_of"},
	{name: "external_component_of"},
	{name: "installed_on"},
	{name: "installed_with"},
	{name: "optional_component_of"},
}

var csafStages = []named[struct{}]{{name: "draft"}, {name: "interim"}, {name: "final"}}

var cycloneDXStates = []named[Status]{
	{"resolved", Fixed}, {"resolved_with_pedigree", Fixed},
	{"exploitable", Affected}, {"in_triage", UnderInvestigation},
	{"false_positive", NotAffected}, {"not_affected", NotAffected},
}

// cycloneDXJustifications have "" where OpenVEX has no such reason. A perimeter or a
// mitigating control is not built into the product, as an inline mitigation is; a
// configuration, a dependency or an environment that would be needed may yet come.
var cycloneDXJustifications = []named[Justification]{
	{"code_not_present", VulnerableCodeNotPresent},
	{"code_not_reachable", VulnerableCodeNotInExecutePath},
	{"protected_by_compiler", InlineMitigationsAlreadyExist},
	{"protected_at_runtime", InlineMitigationsAlreadyExist},
	{"protected_at_perimeter", ""},
	{"protected_by_mitigating_control", ""},
	{"requires_configuration", ""},
	{"requires_dependency", ""},
	{"requires_environment", ""},
}

var cycloneDXResponses = []named[struct{}]{
	{name: "can_not_fix"},
	{name: "will_not_fix"},
	{name: "update"},
	{name: "rollback"},
	{name: "workaround_available"},
}

var cycloneDXVersionStatuses = []named[struct{}]{{name: "affected"}, {name: "unaffected"}, {name: "unknown"}}

// names are those that are read, which many readers would find in any case.
var names = spellings(
	"@context", "@id", "author", "role", "timestamp", "last_updated", "version", "tooling", "statements", "vulnerability",
	"name", "aliases", "products", "subcomponents", "identifiers", "hashes", "purl", "cpe22", "cpe23", "status",
	"status_notes", "justification", "impact_statement", "action_statement", "action_statement_timestamp",
	"document", "category", "csaf_version", "publisher", "namespace", "tracking", "id", "initial_release_date",
	"current_release_date", "generator", "engine", "product_tree", "branches", "product", "product_id",
	"product_identification_helper", "purls", "cpe", "file_hashes", "algorithm", "value", "full_product_names",
	"full_product_name", "relationships", "product_reference", "relates_to_product_reference", "product_groups",
	"group_id", "product_ids", "group_ids", "vulnerabilities", "cve", "ids", "system_name", "text", "product_status",
	"known_not_affected", "known_affected", "first_affected", "last_affected", "fixed", "first_fixed",
	"under_investigation", "recommended", "unknown", "flags", "label", "threats", "remediations", "details", "url",
	"bomFormat", "specVersion", "serialNumber", "metadata", "component", "components", "bom-ref", "analysis", "state",
	"response", "detail", "firstIssued", "lastUpdated", "affects", "ref", "versions", "range", "recommendation",
	"workaround", "references", "source", "services", "tools", "authors", "manufacturer", "supplier",
)

func spellings(right ...string) map[string][]string {
	m := make(map[string][]string, len(right))
	for _, name := range right {
		m[strings.ToLower(name)] = append(m[strings.ToLower(name)], name)
	}
	return m
}
