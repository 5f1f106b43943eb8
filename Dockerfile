# syntax=docker/dockerfile:1
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 TRIAGE_BOOTSTRAP=off
RUN useradd --system --uid 10001 --home-dir /app triage
WORKDIR /app
COPY --from=build /venv /venv
COPY accounts accounts
COPY benefits benefits
COPY config config
COPY lab lab
COPY launcher launcher
COPY pages pages
COPY partners partners
COPY referrals referrals
COPY static static
COPY templates templates
COPY manage.py .
# Static files need settings that pass the production checks, but none of their values.
RUN SECRET_KEY=collectstatic-only-collectstatic-only SITE_URL=https://build.invalid \
    DATABASE_URL=postgres://build@127.0.0.1:1/build python manage.py collectstatic --noinput
USER 10001
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--preload", "--limit-request-line", "8190"]
