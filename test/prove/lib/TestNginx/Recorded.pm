package TestNginx::Recorded;

# Where nginx tells what happened to a request: the record, the metrics and the status page.

use v5.36;
use parent 'Exporter';

use Test::More;
use TestNginx::Audit qw(audit_lines faults);
use TestNginx::Jose;

our @EXPORT = qw($record_format $record_log $telling_server records read_record metrics_text status_page);

# For the http block; for the server whose requests are recorded; and a server that tells of them.
our $record_format  = q(mcp_observe on; log_format record escape=none '$mcp_audit';);
our $record_log     = 'access_log %%TESTDIR%%/audit.log record if=$mcp_audit;';
our $telling_server = <<'CONF';
    server {
        listen 127.0.0.1:%%PORT_SEEN%%;
        access_log off;
        location = /metrics     { mcp_metrics; }
        location = /status.json { mcp_status; }
    }
CONF

# All lines so far.
sub records ($nginx) { return audit_lines($nginx->dir . '/audit.log') }

sub read_record ($line) {
    is_deeply [faults($line)], [], 'a record is valid by the schema' or diag $line;
    return from_json($line);
}

sub metrics_text ($nginx) { return $nginx->get('/metrics', port => 'PORT_SEEN')->body }
sub status_page ($nginx) { return from_json($nginx->get('/status.json', port => 'PORT_SEEN')->body) }

1;
