# The configuration of docs/EXAMPLES.md that has all reports: a call is in the record, in the metrics, on the status page and in a
# trace, with the same id of the trace, and so is a refusal.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Audit qw(audit_lines);
use TestNginx::Collector;
use TestNginx::Mcp;

my $text = TestNginx::Audit::slurp("$TestNginx::repository/docs/EXAMPLES.md");
my ($example) = $text =~ /^## Record, count and trace every call\n.*?^```nginx[^\n]*\n(.*?)^```$/ms or die "the page has no such example\n";
my $collector = TestNginx::Collector->begin;
my $backend   = run_origin();
$backend->answer('/mcp', headers => [['Content-Type', 'application/json']], body => '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}');
my $url = $collector->url;
my $of  = $backend->port;

# What is other here: ports, keys in a file, no TLS.
$example =~ s{http://127\.0\.0\.1:4318/v1/traces}{$url} or die;
$example =~ s{http://127\.0\.0\.1:3001}{http://127.0.0.1:$of} or die;
$example =~ s{listen 443 ssl;}{listen 127.0.0.1:%%PORT%%;} or die;
$example =~ s{listen 127\.0\.0\.1:9464;}{listen 127.0.0.1:%%PORT_STATUS%%;} or die;
$example =~ s{^\s*ssl_certificate\w* .*\n}{}gm;
$example =~ s{mcp_discovery +on;}{mcp_jwks jwks.json;} or die;
$example =~ s{https://auth\.example\.com}{https://as.example.com} or die;
$example =~ s{/var/log/nginx/}{%%TESTDIR%%/}g;
my $nginx = run_nginx($example, { 'jwks.json' => jwks('p256') });

my $file = $nginx->dir . '/mcp-audit.log';
sub call (%request) {
    my $spans   = my @spans = $collector->spans;
    my $records = audit_lines($file);
    $nginx->get('/mcp', method => 'POST', body => message('tools/call', name => 'search'), %request);
    wait_for(10, sub { $collector->spans > $spans && audit_lines($file) > $records }) or die "nothing came:\n" . $nginx->log;
    return (from_json((audit_lines($file))[-1]), ($collector->spans)[-1]);
}
sub page ($path) { return $nginx->get($path, port => 'PORT_STATUS')->body }

my ($record, $span) = call(token => access_token(scope => 'mcp:read'));
is_deeply [$record->{decision}, map { @$_{qw(method name outcome)} } @{ $record->{operations} }], [qw(pass tools/call search success)], 'the record of a call';
is $record->{trace_id}, $span->{traceId}, '... has the id of its trace';
is $span->{name}, 'tools/call search', 'the span';
like page('/metrics'), qr/^mcp_server_operation_duration_seconds_count\{mcp_method_name="tools\/call",gen_ai_tool_name="search"[^}]*\} 1$/m, 'the metrics';
is from_json(page('/status.json'))->{tools}[0]{name}, 'search', 'the status page';
like page('/status'), qr/<!DOCTYPE html>/i, '... for people, too';

($record, $span) = call();
is_deeply [$record->{reason}, map { @$_{qw(method name)} } @{ $record->{operations} }], [qw(credentials_missing tools/call search)], 'the record of a refusal, with what it was about';
is $record->{trace_id}, $span->{traceId}, '... has the id of its trace';
like page('/metrics'), qr/^mcp_decisions_total\{decision="refuse",reason="credentials_missing"[^}]*\} 1$/m, 'the metrics';
my ($shown) = @{ from_json(page('/status.json'))->{refusals} };
is_deeply [@$shown{qw(id method name)}], [$record->{id}, 'tools/call', 'search'], 'the status page has the same id';

finish();
