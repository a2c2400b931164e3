"""The files of deploy/ are whole and safe: what they name is there, only the proxy is published, everything is confined."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.paths import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "send-desk" in service["image"]]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
REFERENCE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
SECRET_KEYS = {
    "SEND_DESK_DATABASE_URL", "SEND_DESK_SESSION_KEYS", "SEND_DESK_ENCRYPTION_KEYS", "SEND_DESK_FINGERPRINT_KEY",
    "SEND_DESK_ENGINE_SECRET", "SEND_DESK_METRICS_TOKEN", "REDIS_PASSWORD",
}  # fmt: skip


def manifests() -> dict[tuple[str, str], dict[str, Any]]:
    """Every object of deploy/kubernetes that kustomization.yaml lists, by kind and name."""
    folder = DEPLOY / "kubernetes"
    listed = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
    assert sorted(listed) == sorted(path.name for path in folder.glob("*.yaml") if path.name != "kustomization.yaml")
    found = [one for name in listed for one in yaml.safe_load_all((folder / name).read_text())]
    assert all(one["apiVersion"] and one["kind"] and one["metadata"]["name"] for one in found)
    named = {(one["kind"], one["metadata"]["name"]): one for one in found}
    assert len(named) == len(found)
    return named


def pods() -> dict[str, dict[str, Any]]:
    """The pod template of everything that runs."""
    found = {}
    for (kind, name), one in manifests().items():
        if kind in ("Deployment", "StatefulSet"):
            found[name] = one["spec"]["template"]
        elif kind == "CronJob":
            found[name] = one["spec"]["jobTemplate"]["spec"]["template"]
    return found


def variables(text: str) -> set[str]:
    return {name for name in re.findall(r"SEND_DESK_[A-Z0-9_]+", text) if not name.endswith("_")}


def test_every_variable_that_the_code_reads_is_in_the_reference() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("actions/*.py")])
    assert variables(code) - variables(REFERENCE) == set()


def test_the_files_set_no_variable_that_nothing_reads() -> None:
    of_the_files = {"SEND_DESK_HOST", "SEND_DESK_OFFICES", "SEND_DESK_IMAGE"}
    for path in DEPLOY.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert variables(path.read_text(encoding="utf-8")) <= variables(REFERENCE) | of_the_files, path.name


def test_compose_runs_two_of_each_and_publishes_the_proxy_alone() -> None:
    assert {"office-1", "office-2", "engine-1", "engine-2", "actions-1", "actions-2", "db", "redis"} <= set(SERVICES)
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["caddy"]
    assert COMPOSE["networks"]["inner"]["internal"] is True
    on_edge = {name for name, service in SERVICES.items() if "edge" in service.get("networks", [])}
    assert on_edge == {"caddy", "office-1", "office-2"}


def test_compose_is_valid_by_the_compose_specification() -> None:
    schema = json.loads((Path(__file__).with_name("vendor") / "compose-spec.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(COMPOSE)] == []
    broken = {**COMPOSE, "services": {"office": {"image": "one", "prots": ["80:80"]}}}
    assert list(Draft202012Validator(schema).iter_errors(broken))


def test_compose_names_only_what_is_there() -> None:
    volumes, networks = set(COMPOSE["volumes"]), set(COMPOSE["networks"])
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        assert set(service.get("networks", [])) <= networks
        mounted = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert {name for name in mounted if not name.startswith(".")} <= volumes
        assert all((DEPLOY / name).exists() for name in mounted if name.startswith("."))
    example = (DEPLOY / ".env.example").read_text()
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", (DEPLOY / "compose.yml").read_text()))
    assert needed == {name for name in needed if f"{name}=" in example}


def test_compose_confines_every_process_of_ours() -> None:
    for name in OURS:
        service = SERVICES[name]
        assert service["read_only"] is True and service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["environment"]["SEND_DESK_DATABASE_URL"].startswith("postgresql+psycopg://"), name
    for service in SERVICES.values():
        assert not service["image"].endswith(":latest") and ":" in service["image"]


def test_actions_share_their_engines_loopback_and_the_proxy_is_the_one_believed() -> None:
    for number in (1, 2):
        assert SERVICES[f"actions-{number}"]["network_mode"] == f"service:engine-{number}"
        assert "5055" in SERVICES[f"actions-{number}"]["command"]
    address = SERVICES["caddy"]["networks"]["edge"]["ipv4_address"]
    environment = SERVICES["office-1"]["environment"]
    assert environment["SEND_DESK_PROXIES"] == address
    engines = environment["SEND_DESK_ENGINE_URLS"].split()
    assert engines == ["http://engine-1:5005", "http://engine-2:5005"]


def test_the_engines_endpoints_share_trackers_and_lock_in_redis() -> None:
    endpoints = yaml.safe_load((DEPLOY / "endpoints.yml").read_text())
    alone = yaml.safe_load((ROOT / "endpoints.yml").read_text())
    assert endpoints["tracker_store"] == {**alone["tracker_store"], "shared": True}
    assert endpoints["lock_store"]["type"] == "redis"
    assert endpoints["action_endpoint"] == alone["action_endpoint"]
    used = set(re.findall(r"\$\{(\w+)\}", (DEPLOY / "endpoints.yml").read_text()))
    assert used <= set(SERVICES["engine-1"]["environment"])
    settings = manifests()["ConfigMap", "send-desk"]["data"]
    assert used <= set(settings) | SECRET_KEYS


def test_every_kubernetes_object_is_valid_by_its_schema_strictly() -> None:
    for found in manifests().values():
        kubernetes_validate.validate(found, "1.28", strict=True)
    broken = {**manifests()["Service", "office"], "spec": {"prots": []}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, "1.28", strict=True)


def test_kubernetes_selectors_ports_and_mounts_fit_together() -> None:
    found = manifests()
    for (kind, name), one in found.items():
        if kind in ("Deployment", "StatefulSet"):
            labels = one["spec"]["template"]["metadata"]["labels"]
            assert one["spec"]["selector"]["matchLabels"].items() <= labels.items(), name
        if kind == "Service":
            ports = {p["name"] for c in pods()[name]["spec"]["containers"] for p in c.get("ports", [])}
            assert one["spec"]["selector"] == pods()[name]["metadata"]["labels"]
            assert {port["targetPort"] for port in one["spec"]["ports"]} <= ports, name
        if kind == "PodDisruptionBudget":
            assert one["spec"]["selector"]["matchLabels"] == pods()[name]["metadata"]["labels"]
    for name, pod in pods().items():
        volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
        for container in pod["spec"]["containers"]:
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes, name
    claims = {
        v["persistentVolumeClaim"]["claimName"]
        for v in pods()["backup"]["spec"]["volumes"]
        if "persistentVolumeClaim" in v
    }
    assert all(("PersistentVolumeClaim", claim) in found for claim in claims)
    backend = found["Ingress", "send-desk"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert ("Service", backend["name"]) in found


@pytest.mark.parametrize("name", sorted(pods()))
def test_kubernetes_confines_every_container(name: str) -> None:
    spec = pods()[name]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in spec["containers"]:
        limits = container["securityContext"]
        assert limits["allowPrivilegeEscalation"] is False and limits["readOnlyRootFilesystem"] is True
        assert limits["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["requests"] and container["resources"]["limits"]["memory"]
        if name != "backup":
            assert container["readinessProbe"] and container["livenessProbe"]


def test_kubernetes_pins_conversations_to_engines_that_are_there() -> None:
    engine = manifests()["StatefulSet", "engine"]["spec"]
    named = [f"http://engine-{number}.{engine['serviceName']}:5005" for number in range(engine["replicas"])]
    assert manifests()["ConfigMap", "send-desk"]["data"]["SEND_DESK_ENGINE_URLS"].split() == named
    assert manifests()["Service", "engine"]["spec"]["clusterIP"] == "None"
    containers = {container["name"] for container in engine["template"]["spec"]["containers"]}
    assert containers == {"engine", "actions"}


def test_kubernetes_denies_by_default_and_has_no_secret_in_it() -> None:
    found = manifests()
    nobody = found["NetworkPolicy", "nobody"]["spec"]
    assert nobody["podSelector"] == {} and nobody["policyTypes"] == ["Ingress", "Egress"] and "ingress" not in nobody
    assert not any(kind == "Secret" for kind, _ in found)
    assert not SECRET_KEYS & set(found["ConfigMap", "send-desk"]["data"])


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """A systemd unit: sections, directives, all values of each."""
    found: dict[str, dict[str, list[str]]] = {}
    section = ""
    for line in path.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(section, {}).setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_confines_every_service(path: Path) -> None:
    service = unit(path)["Service"]
    yes = (
        "NoNewPrivileges", "PrivateTmp", "PrivateDevices", "ProtectHome", "ProtectKernelModules", "ProtectKernelTunables",
        "ProtectControlGroups", "RestrictNamespaces", "RestrictSUIDSGID", "LockPersonality",
    )  # fmt: skip
    assert all(service[name] == ["yes"] for name in yes)
    assert service["ProtectSystem"] == ["strict"] and service["CapabilityBoundingSet"] == [""]
    assert service["User"] == ["send-desk"] and service["UMask"] == ["0077"] and "MemoryMax" in service
    assert service["ExecStart"][0].startswith("/opt/send-desk/.venv/bin/python -m bot.")
    assert "IPAddressDeny" in service or path.stem in ("send-desk-office", "send-desk-backup")


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_starts_modules_that_are_there(path: Path) -> None:
    module = unit(path)["Service"]["ExecStart"][0].split()[2]
    assert (ROOT / f"{module.replace('.', '/')}.py").exists()


def test_systemd_itself_finds_nothing_wrong(tmp_path: Path) -> None:
    """Only where systemd is installed; the programs are not at their place here, so they are swapped for one that is."""
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text().replace("/opt/send-desk/.venv/bin/python", "/usr/bin/env")
        (tmp_path / path.name).write_text(text.replace("file:/opt/send-desk/docs", "https://example.org"))
    units = sorted(str(path) for path in tmp_path.iterdir() if path.suffix != ".example")
    try:
        done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("systemd-analyze is not installed.")
    assert "send-desk" not in done.stderr, done.stderr


def test_the_alerts_ask_for_figures_that_are_told() -> None:
    from bot.metrics import Metrics

    told = {family.name for family in Metrics().registry.collect()}
    text = (DEPLOY / "prometheus" / "alerts.yml").read_text()
    rules = yaml.safe_load(text)["groups"][0]["rules"]
    assert all(rule["alert"] and rule["expr"] and rule["annotations"]["summary"] for rule in rules)
    asked = {
        re.sub(r"_(total|bucket|count|sum)$", "", name)
        for rule in rules
        for name in re.findall(r"send_desk_\w+", rule["expr"])
    }
    assert asked <= told


def test_the_proxy_hides_the_figures_and_limits_slow_and_large_requests() -> None:
    text = (DEPLOY / "Caddyfile").read_text()
    assert "respond /metrics 404" in text and "read_header" in text and "read_body" in text and "max_size" in text
    assert text.count("{") == text.count("}")
