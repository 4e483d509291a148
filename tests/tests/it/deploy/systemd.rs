//! Units of systemd.

use super::read;

const UNITS: &[&str] = &["refmill", "refmill-gateway", "refmill-keeper", "refmill-worker"];

#[test]
fn units_are_shut_in_and_end_after_the_grace() {
    for name in UNITS {
        let unit = read(&format!("deploy/systemd/{name}.service"));
        let value = |key: &str| {
            let line = unit.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            line.unwrap_or_else(|| panic!("{name} has no {key}"))
        };
        for (key, expected) in [
            ("Type", "notify"),
            ("DynamicUser", "yes"),
            ("StateDirectory", "refmill"),
            ("StateDirectoryMode", "0700"),
            ("UMask", "0077"),
            ("ProtectSystem", "strict"),
            ("ProtectHome", "yes"),
            ("PrivateTmp", "yes"),
            ("PrivateDevices", "yes"),
            ("NoNewPrivileges", "yes"),
            ("CapabilityBoundingSet", ""),
            ("MemoryDenyWriteExecute", "yes"),
            ("RestrictNamespaces", "yes"),
            ("RestrictSUIDSGID", "yes"),
            ("Restart", "on-failure"),
        ] {
            assert_eq!(value(key), expected, "{name}: {key}");
        }
        assert!(value("TimeoutStopSec").parse::<u64>().expect("seconds") > 30, "{name}");
        assert!(value("MemoryMax").ends_with('G'), "{name}");
        assert!(value("SystemCallFilter").starts_with("@system-service"), "{name}");
        let role = name.strip_prefix("refmill-").unwrap_or("serve");
        assert!(value("ExecStart").starts_with(&format!("/usr/local/bin/refmill {role} ")));
        let works = matches!(role, "serve" | "worker");
        assert_eq!(unit.contains("\nOOMPolicy=continue\n"), works, "{name}");
        assert_eq!(unit.contains("STORE__URL"), matches!(role, "gateway" | "keeper"), "{name}");
        assert_eq!(unit.contains("AMQP__URL"), matches!(role, "worker" | "keeper"), "{name}");
        for line in unit.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let is_section = line.starts_with('[') && line.ends_with(']');
            assert!(is_section || line.contains('='), "{name}: {line}");
        }
    }
}
