"""What a run sends depends on its seed, and on no source file that happens to be imported."""

from hypothesis.internal.conjecture import providers

from mockserver.conformance import by_seed_alone


def test_hypothesis_reads_no_constants_of_source_files_while_it_is_open():
    usual = providers._get_local_constants
    with by_seed_alone():
        assert len(providers._get_local_constants()) == 0
        assert len(providers.HypothesisProvider(None)._local_constants) == 0
    assert providers._get_local_constants is usual
