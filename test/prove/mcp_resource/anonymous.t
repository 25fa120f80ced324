# mcp_allow_anonymous and mcp_challenge_scope: what a client that has not logged in gets, and what it is told to ask for.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => '{"ok":true}');
my $port  = $backend->port;
my $proxy = "proxy_pass http://127.0.0.1:$port;";
my $rules = 'mcp_scope mcp:read; mcp_scope mcp:write tool=write_*; mcp_scope mcp:admin tool=drop;';
my $begin = 'initialize notifications/initialized ping tools/list server/discover subscriptions/listen';
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    server {
        listen 127.0.0.1:%%PORT%%;
        mcp_scopes_supported mcp:read;
        location /open    { $protected $rules mcp_allow_anonymous $begin; $proxy }
        location /lists   { $protected $rules mcp_allow_anonymous tools/list; $proxy }
        location /modern  { $protected $rules mcp_allow_anonymous server/discover subscriptions/listen; mcp_protocol_versions 2026-07-28; $proxy }
        location /any     { $protected $rules mcp_allow_anonymous $begin; satisfy any; deny all; $proxy }
        location /allowed { $protected $rules mcp_allow_anonymous $begin; satisfy any; allow all; $proxy }
        location /asked   { auth_request /open; $proxy }
        location /plain   { $protected $rules $proxy }
        location /told    { $protected $rules mcp_challenge_scope mcp:read mcp:write; $proxy location /told/below { mcp_challenge_scope mcp:read mcp:admin; $proxy } location /told/too { mcp_leeway 1s; $proxy } }
        location /implied { $protected $rules mcp_scope_implies mcp:admin mcp:read; mcp_challenge_scope mcp:admin; $proxy }
        location /both    { $protected $rules mcp_challenge_scope mcp:read mcp:write; mcp_allow_anonymous $begin; $proxy }
    }
CONF
my $token = access_token();
my $call  = sub ($name) { return message('tools/call', name => $name) };
sub asked ($response) { my $challenge = $response->header('WWW-Authenticate'); return $challenge ? parameters($challenge)->{scope} : 'no challenge' }

# --- the stream of a client that began without a token -------------------------------------------------------------------

my @session = ('MCP-Protocol-Version: 2025-11-25', 'Mcp-Session-Id: s', 'Accept: text/event-stream');
for my $method (qw(GET DELETE)) {
    my $before   = $backend->requests;
    my $mark     = $nginx->log_mark;
    my $response = $nginx->get('/open', method => $method, headers => \@session);
    is $response->status, 405, "$method without a token after an anonymous initialize: 405, so that nobody logs in for it";
    is $response->header('Allow'), 'POST, OPTIONS', 'what it may do';
    is $response->header('WWW-Authenticate'), undef, 'no challenge';
    is $response->header('Cache-Control'), 'no-store', 'nobody keeps it: with a token it is another answer';
    is from_json($response->body)->{error}, 'stream_needs_token', 'the small body';
    like $nginx->log($mark), qr/\[info\].*refused with 405 \([0-9a-f]{8}\): stream_needs_token: /, 'not an error in the log';
    is scalar($backend->requests), $before, 'SPEC 10: the backend does not hear of it';
    is $nginx->get('/open', method => $method, headers => \@session, token => $token)->status, 200, 'with a token it passes';
    is $nginx->get('/open', method => $method, headers => \@session, token => 'x')->status, 401, 'SPEC 14: with a bad one it is a 401: there was a login';
    is $nginx->get('/open', method => $method)->status, 401, 'SPEC 3: who names no revision looks for the challenge';
    is $nginx->get('/allowed', method => $method, headers => \@session)->status, 200, 'satisfy any: others may let it pass';
    is $nginx->get('/any', method => $method, headers => \@session)->status, 401, 'satisfy any: and where they do not, it is the 401 that asked them';
    my $asked = $nginx->get('/asked', method => $method, headers => \@session);
    is $asked->status, 401, 'auth_request: nginx takes 401 for a no, and would make a 500 of a 405';
    like $asked->header('WWW-Authenticate') // '', qr/\ABearer /, 'with the challenge';
    is $nginx->get($_, method => $method, headers => \@session)->status, 401, "SPEC 14, 28: $_: where initialize needs a token it is a 401" for qw(/lists /plain /modern);
}
is $nginx->get('/open', method => 'HEAD', raw => "HEAD /open HTTP/1.1\r\nHost: a\r\nMCP-Protocol-Version: 2025-11-25\r\nConnection: close\r\n\r\n")->status, 401, 'HEAD is no stream';
is post($nginx, '/open', message($_), headers => \@session)->status, 200, "$_ needs no token" for split / /, $begin;
is post($nginx, '/open', message(@$_))->status, 401, "what tasks/get answers needs one: $_->[0]" for ['tasks/get', taskId => 't'], ['subscriptions/listen', notifications => { taskIds => ['t'] }];
is post($nginx, '/open', message('subscriptions/listen', notifications => { taskIds => [] }))->status, 200, 'a stream about no task needs none';
is post($nginx, '/open', message('tools/list'), headers => [@session, $_])->status, 200, "nor credentials that are none of ours: $_" for 'Authorization: Basic YTpi', 'Authorization: DPoP abc';
is post($nginx, '/open', message('tools/list'), token => 'x')->status, 401, 'SPEC 14: a bad token is not excused';

# --- what the challenge asks for ------------------------------------------------------------------------------------------

is asked(post($nginx, '/plain', $call->('write_file'))), 'mcp:read', 'SPEC 4, 5: without more, what every request needs';
for my $request ([token => undef], [token => 'x'], [token => access_token(exp => 1)]) {
    my @token = defined $request->[1] ? @$request : ();
    is asked($nginx->get('/told', @token)), 'mcp:read mcp:write', 'SPEC 4: mcp_challenge_scope says what a 401 asks for';
}
is asked($nginx->get('/told?access_token=x')), 'mcp:read mcp:write', 'and a 400';
is asked(post($nginx, '/told', $call->('drop'), token => $token)), 'mcp:read mcp:admin', 'SPEC 5, 17: a 403 asks for what the operation needs';
is asked($nginx->get('/told/below')), 'mcp:read mcp:admin', 'a level below says it as a whole';
is asked($nginx->get('/told/too')), 'mcp:read mcp:write', 'or has it from above';
is asked($nginx->get('/implied')), 'mcp:admin', 'SPEC 19: a scope that implies what is needed is enough';
is_deeply from_json($nginx->get('/.well-known/oauth-protected-resource/mcp')->body)->{scopes_supported}, ['mcp:read'], 'SPEC 6: the metadata is another matter';
is asked(post($nginx, '/open', $call->('write_file'))), 'mcp:read mcp:write', 'SPEC 4: where the operation is known, what it needs';
is asked(post($nginx, '/open', message('prompts/list'))), 'mcp:read', 'and no more';
is asked(post($nginx, '/both', $call->('drop'))), 'mcp:read mcp:write mcp:admin', 'beside what the operator says';

finish();
