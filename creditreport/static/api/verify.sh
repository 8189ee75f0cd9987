#!/bin/sh
# Verify a code, or a PDF file, with curl; prints the answer's JSON.
#   sh verify.sh https://credit.example.gov.cn 0123-4567-89AB-CDEF-GHJY
#   sh verify.sh https://credit.example.gov.cn report.pdf
# A registered program puts its secret into CREDITREPORT_SECRET.
# Exit status: 0 when it is VALID, 1 when it is not, 2 when nothing was checked.
set -eu
address=${1:?address} target=${2:?code or file}
set -- --silent --show-error --fail-with-body --retry 3 --header 'Accept-Language: zh'
if [ -n "${CREDITREPORT_SECRET:-}" ]; then
  set -- "$@" --header "Authorization: Bearer $CREDITREPORT_SECRET"
fi
if [ -f "$target" ]; then
  set -- "$@" --form "files=@$target;type=application/pdf"
else
  set -- "$@" --header 'Content-Type: application/json' --data "{\"codes\": [\"$target\"]}"
fi
answer=$(curl "$@" "$address/api/v1/verifications") || { printf '%s\n' "$answer" >&2; exit 2; }
printf '%s\n' "$answer"
case $answer in *'"status": "VALID"'*) exit 0 ;; *) exit 1 ;; esac
