"""One digest, run as test and as production."""

from labrunner import Answer, Docker, expect

from .ground import BACK, PAGE, lab

TEST = f"docker run -d --name lr-test -e STAGE=test {BACK}"
PRODUCTION = f"docker run -d --name lr-production -e STAGE=production {BACK}"

two_configs = lab.step(
    "one-image-two-configs",
    minutes=4,
    solve=f"{TEST}\n{PRODUCTION}\ndocker exec lr-test {PAGE}\ndocker exec lr-production {PAGE}",
    also={
        "env-files": "echo STAGE=test > test.env\necho STAGE=production > production.env\n"
        f"docker run -d --name lr-test --env-file test.env {BACK}\n"
        f"docker run -d --name lr-production --env-file production.env {BACK}",
        "compose": f"IMAGE={BACK} "
        """docker compose -f - up -d <<'YAML'
services:
  test: {image: $IMAGE, container_name: lr-test, environment: [STAGE=test]}
  production: {image: $IMAGE, container_name: lr-production, environment: [STAGE=production]}
YAML
""",
    },
)
test_page = two_configs.probe(PAGE, inside="lr-test", limit=8)
production_page = two_configs.probe(PAGE, inside="lr-production", limit=8)


@two_configs.check(
    wrong={
        "an-image-for-each": "printf 'FROM {registry}/lr-menu:1\\nENV STAGE=test\\n' | docker build -t lr-menu:test -\n"
        f"docker run -d --name lr-test lr-menu:test\n{PRODUCTION}",
        "by-the-tag": f"docker run -d --name lr-test -e STAGE=test {{registry}}/lr-menu:1\n{PRODUCTION}",
    }
)
def both_run_the_same_digest(docker: Docker) -> None:
    test, production = docker.container("lr-test"), docker.container("lr-production")
    expect(test.image_id).equals(docker.container("lr-back").image_id.value)
    expect(production.image_id).equals(test.image_id.value)


@two_configs.check(
    wrong={
        "forgotten": f"{TEST}\n" + PRODUCTION.replace("-e STAGE=production ", ""),
        "swapped": TEST.replace("=test", "=production") + "\n" + PRODUCTION.replace("=production", "=test"),
    },
    within=4,
)
def each_says_where_it_runs(test_page: Answer, production_page: Answer) -> None:
    expect(test_page.stdout).contains("[test]")
    expect(production_page.stdout).contains("[production]")
