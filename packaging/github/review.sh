#!/bin/bash
# Reviews a pull request: job summary, annotations, a comment that is updated in place, a SARIF
# file. The steps of action.yml set the variables. Ends with 0 and writes domdiff's exit status to
# the outputs of the step, so that the steps behind it can run.
#
# DOMDIFF         the program
# BASE            the revision to compare with; empty or zeros where there is none
# DEFAULT_BRANCH  what is compared with then
# PATHS           files and folders, one a line; empty for all
# FAIL_ON         error, warning, info, never
# CONFIG          a domdiff.toml, none, or empty for the one that is found
# COMMENT         true or false; so are ANNOTATIONS and SARIF
# PULL_REQUEST    its number; empty outside of one
# GH_TOKEN        for the comment
# ACTION_REPOSITORY, ACTION_REF  where this script is from: its rules are linked; may be empty
set -euo pipefail

folder=$(mktemp -d "$RUNNER_TEMP/domdiff-review.XXXXXX")
page=$folder/comment.md
marker='<!-- domdiff -->'

output() { printf '%s=%s\n' "$1" "$2" >> "$GITHUB_OUTPUT"; }

# Prints what a program complained of; the runner takes no line of it for a command.
complain() {
  local token
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
  cat -- "$folder/complaints"
  printf '::%s::\n' "$token"
}

notice() {
  printf '::notice title=domdiff::%s\n' "$1"
  printf '\n%s\n' "$1" >> "$GITHUB_STEP_SUMMARY"
}

flags=("--fail-on=$FAIL_ON")
case $CONFIG in
  '') ;;
  none) flags+=(--no-config) ;;
  *) flags+=("--config=$CONFIG") ;;
esac
if [ -n "$ACTION_REPOSITORY" ] && [ -n "$ACTION_REF" ]; then
  rules=$GITHUB_SERVER_URL/$ACTION_REPOSITORY/blob/$ACTION_REF/docs/rules.md
  flags+=("--rules-url=$rules")
fi
operands=()
while IFS= read -r path; do
  if [ -n "$path" ]; then
    operands+=("$path")
  fi
done <<< "$PATHS"
if [[ $BASE =~ ^0*$ ]]; then
  # The first push of a branch, or a run by hand.
  BASE=origin/$DEFAULT_BRANCH
fi

# Compares, and writes the answer in a format to a file; the status is domdiff's.
compare() {
  "$DOMDIFF" "${flags[@]}" "--against=$BASE..." --format "$1" --output "$2" \
    -- "${operands[@]}" 2> "$folder/complaints"
}

status=0
compare markdown "$page" || status=$?
output status "$status"
if [ "$status" -gt 1 ]; then
  complain
  text='No answer: a file or a revision could not be read. The log of the job tells which, and why.'
  printf '::error title=domdiff::%s\n' "$text"
  printf '%s\n**domdiff:** %s\n' "$marker" "$text" > "$page"
  has_news=true
else
  compare ndjson "$folder/domains" || true
  if [ -s "$folder/domains" ]; then has_news=true; else has_news=false; fi
  if [ "$ANNOTATIONS" = true ]; then
    compare github "$folder/annotations" || true
    cat -- "$folder/annotations"
  fi
  if [ "$SARIF" = true ]; then
    compare sarif "$folder/domdiff.sarif" || true
    output sarif "$folder/domdiff.sarif"
  fi
fi
cat -- "$page" >> "$GITHUB_STEP_SUMMARY"

if [ "$COMMENT" != true ] || [ -z "$PULL_REQUEST" ]; then
  exit 0
fi
if [ -z "$GH_TOKEN" ]; then
  notice 'There is no token for a comment; the answer is in the summary of the job.'
  exit 0
fi
export GH_HOST=${GITHUB_SERVER_URL#https://} GH_ENTERPRISE_TOKEN=$GH_TOKEN
# The comment of an earlier run begins as this one does. A bot wrote it: nobody can put one of
# his own in its place.
issue=repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST
mine=".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id"
if ! ids=$(gh api --paginate "$issue/comments" --jq "$mine" 2> "$folder/complaints"); then
  complain
  notice 'The comments cannot be read; the answer is in the summary of the job.'
  exit 0
fi
id=${ids%%$'\n'*}
if [ -n "$id" ]; then
  request=(--method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id")
elif [ "$has_news" = true ]; then
  request=(--method POST "$issue/comments")
else
  exit 0
fi
if ! gh api --silent "${request[@]}" --field "body=@$page" 2> "$folder/complaints"; then
  # A pull request from a fork: its token reads only.
  complain
  notice 'This token cannot write the comment; the answer is in the summary of the job.'
fi
