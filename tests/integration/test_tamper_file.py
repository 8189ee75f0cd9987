"""What the store decides about a file that is not, byte for byte, one of ours; the kinds of tampering are a table of
their own (``tests/attacks``)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session, sessionmaker

from creditreport.config import Environment, Settings
from creditreport.signing.demo_ca import init_demo_keys
from creditreport.signing.signer import DocumentSigner, load_signer
from creditreport.signing.trust import TrustStore, load_trust
from creditreport.verification.verify import verify_file
from tests.conftest import NOON
from tests.issued import BOX, make_pdf
from tests.office import LIMIT, Office, open_office


@pytest.fixture
def own_office(sessions: sessionmaker[Session], signing_settings: Settings) -> Office:
    """For what depends on the store, or changes it: on both kinds."""
    return open_office(sessions, signing_settings)


@pytest.fixture(scope="module")
def foreign(signing_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> DocumentSigner:
    """A signer of the same name under a root of somebody else's making."""
    settings = replace(signing_settings, keys_dir=tmp_path_factory.mktemp("foreign"))
    init_demo_keys(settings, NOON)
    return load_signer(settings)


def test_our_code_under_somebody_elses_signature(own_office: Office, foreign: DocumentSigner) -> None:
    forged = foreign.sign(make_pdf(own_office.issued.code, text="clean"), at=NOON, page=0, box=BOX)
    assert own_office.outcome(forged) == ("TAMPERED", [True, True, False, False, None])


def test_a_signer_that_no_stored_report_knows_is_ours_by_its_chain(
    signing_settings: Settings, sessions: sessionmaker[Session]
) -> None:
    signer, trust = load_signer(signing_settings), load_trust(signing_settings.keys_dir, Environment.TEST)
    pdf = signer.sign(make_pdf("not a code"), at=NOON, page=0, box=BOX)
    with sessions() as session:
        verdict = verify_file(session, pdf, NOON, trust, LIMIT)
    assert verdict.status == "TAMPERED"
    assert [step.ok for step in verdict.steps or ()] == [True, True, True, False, None]


def test_a_file_of_a_signer_whose_root_is_gone_is_still_known_as_ours(own_office: Office) -> None:
    stolen = own_office.signer.sign(make_pdf("not a code"), at=NOON, page=0, box=BOX)
    assert own_office.outcome(stolen, trust=TrustStore(()))[0] == "TAMPERED"
