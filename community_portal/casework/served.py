"""How a kept file goes out: pictures to be seen, anything else to be saved; never run by a browser."""

import logging
from typing import Any

from django.http import FileResponse, Http404

logger = logging.getLogger(__name__)


def served(file: Any, *, content_type: str, name: str) -> FileResponse:
    """Raises Http404 when the storage does not have it."""
    try:
        opened = file.open()
    except FileNotFoundError as error:  # its row came back from a backup, or somebody tidied the disk
        logger.error("%s is not in the storage", file.name)
        raise Http404 from error
    is_image = content_type.startswith("image/")
    response = FileResponse(opened, content_type=content_type, as_attachment=not is_image, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
