"""Why a user or a group did not arrive: evidence and read-only probes make facts, rules make causes of them."""
