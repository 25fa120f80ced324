# mcp_metrics: what all workers count together, whichever of them answers; it survives a reload and a killed worker, and
# nothing that a client invents makes it grow.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;
use TestNginx::Metrics;

use Time::HiRes qw(sleep);

my $there    = qq(mcp_resource="$resource");
my $decision = sub ($decision, $reason = '', $of = $there) { qq(mcp_decisions_total{decision="$decision",reason="$reason",$of}) };
my $count    = 'mcp_server_operation_duration_seconds_count';
sub operation ($method, $tool = '', $error = '', $code = '') { return qq($count\{mcp_method_name="$method",gen_ai_tool_name="$tool",error_type="$error",rpc_response_status_code="$code",$there}) }
# A worker may show what it has just shown, for as long as that took ten times.
sub becomes ($nginx, $sample, $value, $name) { my $seen; return wait_for(5, sub { ($seen = metric($nginx, $sample)) == $value }) ? pass($name) : is $seen, $value, $name }

my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_scopes_supported mcp:read;
    mcp_zone mcp 1m;
    server {
        listen 127.0.0.1:%%PORT%%;
        location = /metrics { mcp_metrics; }
        location /mcp   { $protected mirror /part; %%OK%% }
        location = /part { internal; log_subrequest on; return 404; }
        location /rules { $protected mcp_scope mcp:read; mcp_scope mcp:admin tool=drop_*; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /open  { $protected mcp_allow_anonymous initialize; mcp_allowed_origins https://a.example.com; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; location / { return 200; } location /rules/broken { return 502; } }
CONF
my $token = access_token();

# --- how it is asked ------------------------------------------------------------------------------------------------------

my $answer = $nginx->get('/metrics');
is $answer->status, 200, 'metrics, without a token';
is $answer->header('Content-Type'), 'text/plain; version=0.0.4; charset=utf-8', "Prometheus' format";
is $answer->header('Cache-Control'), 'no-store', 'of this moment';
is $answer->header('Vary'), 'Accept', 'in the format that is asked for';
unlike $answer->body, qr/# EOF/, 'which has no end';
my $open = $nginx->get('/metrics', headers => ['Accept: application/openmetrics-text;version=1.0.0;q=0.5', 'Accept: text/plain;version=0.0.4;q=0.2,*/*;q=0.1']);
is $open->header('Content-Type'), 'application/openmetrics-text; version=1.0.0; charset=utf-8', 'OpenMetrics where it is preferred, by two fields as by one';
like $open->body, qr/\n# EOF\n\z/, 'which says where it ends';
is $nginx->get('/metrics', headers => ['Accept: application/openmetrics-text;q=0.1, text/plain'])->header('Content-Type'), 'text/plain; version=0.0.4; charset=utf-8', 'and not where it is not';
is $nginx->get('/metrics', headers => ['Accept: application/json'])->status, 200, 'who wants something else gets text';
my $head = $nginx->get('/metrics', method => 'HEAD');
is join('|', $head->status, $head->body, $head->header('Content-Length') > 1000), '200||1', 'HEAD';
for my $method (qw(POST PUT DELETE OPTIONS)) {
    my $refused = $nginx->get('/metrics', method => $method);
    is join(' ', $refused->status, $refused->header('Allow')), '405 GET, HEAD', $method;
}
is sum_of($nginx, qr/\Amcp_decisions_total/), 0, 'nothing of that is a decision about a resource';
is sum_of($nginx, qr/\Amcp_build_info\{version="[0-9.]+",nginx_version="[0-9.]+"\}\z/), 1, 'what it is';

# --- what is counted ------------------------------------------------------------------------------------------------------

$nginx->get('/mcp', token => $token) for 1 .. 3;
$nginx->get('/mcp');
$nginx->get('/mcp', token => 'junk');
becomes($nginx, $decision->('pass'), 3, 'passed, and what nginx makes a request of is logged, and no further one');
becomes($nginx, $decision->('refuse', 'credentials_missing'), 1, 'refused without a token');
becomes($nginx, $decision->('refuse', 'token_not_compact_jws'), 1, 'refused for a bad one');
post($nginx, '/open', message('initialize'));
becomes($nginx, $decision->('anonymous'), 1, 'without a token, where that is allowed');
$nginx->get('/open', method => 'OPTIONS', headers => ['Origin: https://a.example.com', 'Access-Control-Request-Method: POST']);
becomes($nginx, $decision->('preflight'), 1, 'a preflight');
becomes($nginx, 'mcp_authorization_duration_seconds_count', 6, 'how long each decision took; there is none about a preflight');

post($nginx, '/rules', message('tools/list'), token => $token);
becomes($nginx, operation('tools/list'), 1, 'an operation');
post($nginx, '/rules/broken', message('tools/list'), token => $token);
becomes($nginx, operation('tools/list', '', '502'), 1, 'one that failed');
$nginx->get('/open', method => $_, token => $token) for qw(GET DELETE);
is sum_of($nginx, qr/\A$count/), 3, 'a stream of the server and the end of a session are none (the third is "initialize")';

# --- names ----------------------------------------------------------------------------------------------------------------

my @hostile = ('"} 1', '\\', 'x' x 5000, '{}', "\x{202e}");
post($nginx, '/rules', message('tools/call', name => $_), token => $token) for @hostile;
post($nginx, '/rules', message($_), token => $token) for @hostile;
becomes($nginx, operation('tools/call', 'other'), scalar @hostile, 'who has not answered with a result has no name');
becomes($nginx, operation('other'), scalar @hostile, 'nor has its method');
unlike $nginx->get('/metrics')->body, qr/xxxxx|\\}|\x{e2}\x{80}/, 'nothing of it is shown';
post($nginx, '/rules', message('tools/call', name => 'drop_everything'), token => $token);
becomes($nginx, $decision->('refuse', 'scope_insufficient'), 1, 'a refused operation is a decision');
unlike $nginx->get('/metrics')->body, qr/drop_everything/, 'and takes no place';

my @series = sort keys %{ scrape($nginx) };
my $names = $ENV{TEST_NGINX_VALGRIND} ? 100 : 3000;
my @invented = map { my $n = $_; map { $nginx->request_bytes('/rules', method => 'POST', connection => 'keep-alive', token => access_token(sub => "s$n"), body => message($n % 2 ? 'tools/call' : "m/$n", name => "invented $n")) } 0 } 1 .. $names;
my $first = $nginx->kilobytes;
while (my @part = splice @invented, 0, 100) {
    my @responses = $nginx->send('', raw => join '', @part, $nginx->request_bytes('/mcp'));
    die 'only ' . @responses . ' responses' if @responses != 1 + @part;
    delete $nginx->{secrets};
}
becomes($nginx, operation('other'), @hostile + $names / 2, 'each of thousands of invented names is counted');
is join("\n", sort keys %{ scrape($nginx) }), join("\n", @series), 'and makes no series';
is sum_of($nginx, qr/\Amcp_metrics_folded_total/), 0, 'nothing was full';
SKIP: {
    skip 'the size of a worker says nothing under valgrind or a sanitizer', 1 if $ENV{TEST_NGINX_VALGRIND} || $ENV{TEST_NGINX_PRELOAD};
    # Verified tokens are kept, a kilobyte each.
    cmp_ok $nginx->kilobytes - $first, '<', 2 * $names + 2000, 'memory does not grow with them';
}

# --- no zone of an operator is its memory -----------------------------------------------------------------------------------

my $zoned = run_nginx('mcp_zone mcp_metrics 1m; server { listen 127.0.0.1:%%PORT%%; location = /metrics { mcp_metrics; } }');
is sum_of($zoned, qr/\Amcp_build_info/), 1, 'a zone may be called mcp_metrics';

# --- with mcp_observe on: a name has a place when a result came without an error -----------------------------------------------

my $origin = run_origin();
my $seen = run_nginx("mcp_scopes_supported x; mcp_observe on; server { listen 127.0.0.1:%%PORT%%; location = /metrics { mcp_metrics; } location /mcp { $protected proxy_pass http://127.0.0.1:" . $origin->port . '; } }', { 'jwks.json' => jwks('p256') });
sub answers ($result) { $origin->answer('/mcp', body => to_json({ jsonrpc => '2.0', id => 1, %$result })); return }
sub calls ($name) { post($seen, '/mcp', message('tools/call', name => $name), token => $token); return }
my @error = (error => { code => -32602, message => 'Unknown tool' });

answers({ result => { content => [], isError => JSON::true } });
calls('nobody');
becomes($seen, operation('tools/call', 'other', 'tool_error'), 1, 'a tool that is answered with isError need not exist');
answers({@error});
calls('nobody');
becomes($seen, operation('tools/call', 'other', '-32602', '-32602'), 1, 'nor one that is answered with an error');
answers({ result => { content => [] } });
calls('add') for 1 .. 2;
becomes($seen, operation('tools/call', 'add'), 2, 'a tool that works has a name');
answers({ result => { content => [], isError => JSON::true } });
calls('add');
becomes($seen, operation('tools/call', 'add', 'tool_error'), 1, 'from then on, also when it fails');
unlike $seen->get('/metrics')->body, qr/nobody/, 'the others have none';

# What a server takes for a tool may have any name.
answers({ result => { content => [] } });
my @odd = ('"} 1', "line\nfeed", 'back\\slash', "nul\0", "\x{2028}", "mcp_x 1\n# EOF\n", "\x{202e}", 'x' x 900);
calls($_) for @odd;
becomes($seen, operation('tools/call', 'x' x 128), 1, 'a long name is cut');
becomes($seen, operation('tools/call', 'back\\\\slash'), 1, 'a backslash is escaped');
becomes($seen, operation('tools/call', '\\"} 1'), 1, 'and a quote');
is sum_of($seen, qr/\A$count\{mcp_method_name="tools\/call"/), 5 + @odd, 'each is counted';
is sum_of($seen, qr/[\x00-\x1f\x7f]/), 0, 'and none leaves its label';
calls('x' x 200_000);
becomes($seen, operation('unknown'), 1, 'a name that is too long to be read is unknown');

# --- promtool ---------------------------------------------------------------------------------------------------------------

SKIP: {
    skip 'there is no promtool (Debian: prometheus); ./dev test observability has it', 2 if !grep { -x "$_/promtool" } File::Spec->path;
    for my $each ($nginx, $seen) {
        my $file = $each->dir . '/metrics.txt';
        $each->write_file('metrics.txt', $each->get('/metrics')->body);
        is scalar(`promtool check metrics < $file 2>&1`), '', 'promtool finds nothing';
    }
}

finish();
