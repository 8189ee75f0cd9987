"""Special-purpose credit reports that replace the certificate of no violation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from creditreport.service import Service

STATIC = Path(__file__).parent / "static"


def create_app(service: Service | None = None) -> Flask:
    """The web application over ``service`` (made from the environment when not given). Wiring only."""
    # Imported here so that the command line does not pay for the web.
    from flask import Flask
    from flask_bootstrap import Bootstrap5

    from creditreport.accounts.identity import init_identity
    from creditreport.accounts.signin import init_sign_in
    from creditreport.service import Service
    from creditreport.web.context import EXTENSION
    from creditreport.web.gate import ScanGate
    from creditreport.web.language import init_language
    from creditreport.web.measuring import init_measuring
    from creditreport.web.problems import init_problems
    from creditreport.web.requestid import init_request_ids
    from creditreport.web.routes import init_routes
    from creditreport.web.security import init_csrf, init_security
    from creditreport.web.statics import init_statics
    from creditreport.web.words import init_words

    service = service or Service()
    service.serving = True
    app = Flask(__name__, template_folder=str(service.settings.templates_dir), static_folder=str(STATIC))
    app.extensions[EXTENSION] = service
    app.config.update(BOOTSTRAP_SERVE_LOCAL=True)
    # The innermost of what stands before the application: behind what tells the caller's address.
    app.wsgi_app = ScanGate(app.wsgi_app, service)  # type: ignore[method-assign]
    init_measuring(app)
    init_request_ids(app, service.settings)
    init_security(app, service.settings)
    init_language(app)
    init_problems(app)
    Bootstrap5(app)
    init_statics(app)
    init_csrf(app)
    init_sign_in(app)
    init_identity(app)
    init_words(app)
    init_routes(app)
    return app
