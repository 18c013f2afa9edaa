"""What an account of a teacher's cluster may: all that grading there needs is in one file, and what lacks is named."""

from pathlib import Path

import pytest

from labrunner.environment.cluster_record import KindCluster
from labrunner.errors import EnvironmentNotReady
from labrunner.fleet import preflight
from labrunner.fleet.manifests import Made
from labrunner.fleet.pods import PodTerms
from labrunner.fleet.teachers_cluster import TeachersCluster
from tests.real import accounts

pytestmark = [pytest.mark.docker, pytest.mark.kind, pytest.mark.timeout(120, func_only=True)]
MADE = Made("grade", "lr-class", "me", "grader:1", "http://registry:5000", "class", "sha256:0", 2, 1, PodTerms())


def test_an_account_with_the_rights_of_the_file_may_grade_and_another_is_told_each_that_it_lacks(
    cluster: KindCluster, tmp_path: Path
) -> None:
    with accounts.account(cluster, tmp_path / "kubeconfig") as config:
        theirs = TeachersCluster(cluster.kubectl, cluster.context, str(config))
        with pytest.raises(EnvironmentNotReady) as poor:
            preflight.demand_able(theirs, MADE)
        for verb, resource, _ in preflight.NEEDED:
            assert f"{verb} {resource}" in poor.value.message
        accounts.allowed(cluster)
        preflight.demand_able(theirs, MADE)
