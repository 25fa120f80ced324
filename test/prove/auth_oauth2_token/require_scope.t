# auth_oauth2_token_require_scope scope ... [override=$variable] [error=code]: the token has each of the scopes, whole.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as    = run_origin();
my $port  = $as->port;
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    map \$http_x_needs \$needs { default \$http_x_needs; }
    map \$http_x_says \$says   { default \$http_x_says; }
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_oauth2_token_introspect on;
        auth_oauth2_token_introspect_endpoint /_as/introspect;
        auth_oauth2_token_token_endpoint /_as/token;
        location /read     { auth_oauth2_token_require_scope mcp:read; %%OK%% }
        location /both     { auth_oauth2_token_require_scope mcp:read "mcp:write"; auth_oauth2_token_require_scope mcp:read; %%OK%% }
        location /each     { %%OK%% auth_oauth2_token_require_scope mcp:read; auth_oauth2_token_require_scope mcp:write error=404; location /each/inner { auth_oauth2_token_require_scope mcp:admin error=410; %%OK%% } }
        location /variable { auth_oauth2_token_require_scope \$needs; %%OK%% }
        location /undefined { auth_oauth2_token_require_scope mcp:read override=\$nobody_defines_it; %%OK%% }
        location /override { auth_oauth2_token_require_scope mcp:read override=\$says; %%OK%% }
        location /order    { auth_oauth2_token_require_scope mcp:read; auth_oauth2_token_require_audience https://us; %%OK%% }
        location /cached   { auth_oauth2_token_require_scope \$needs; auth_oauth2_token_introspect_cache zone=main:1m; %%OK%% }
        location /limited  { limit_except GET { auth_oauth2_token_require_scope mcp:write; } error_page 405 =200 /ok; %%OK%% }
        location = /ok     { auth_oauth2_token_introspect off; }
        location /exchange { auth_oauth2_token_require_scope mcp:read; auth_oauth2_token_exchange on; %%OK%% }
        location /private  { auth_oauth2_token_require_scope mcp:read error=473; error_page 473 = \@lacking; %%OK%% }
        location \@lacking { auth_oauth2_token_introspect off; return 403 "lacks, \$oauth2_token_sub"; }
        location /off      { auth_oauth2_token_require_scope mcp:read; auth_oauth2_token_www_authenticate off; %%OK%% }
        location /string   { auth_oauth2_token_require_scope mcp:read; auth_oauth2_token_www_authenticate 'Bearer x="y"'; %%OK%% }
        location /any/allow { satisfy any; allow 127.0.0.1; deny all; auth_oauth2_token_require_scope mcp:read error=473; %%OK%% }
        location /any/alone { satisfy any; auth_oauth2_token_require_scope mcp:read error=473; error_page 473 = \@lacking; %%OK%% }
        location /_as/     { internal; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
my $number = 0;

sub request ($answer, @headers) {
    $as->answer('/introspect', body => to_json({ active => \1, sub => 'alice', %$answer }));
    return (token => 'token-' . ++$number, headers => \@headers);
}
sub status ($path, $answer, @headers) { return $nginx->get($path, request($answer, @headers))->status }

$nginx->refuses('a scope that is missing', path => '/both', request({ scope => 'mcp:read' }), status => 403, challenge => qr/error="insufficient_scope"/,
    reason => qr/auth_oauth2_token: scope_insufficient: the token does not have the required scope: it lacks "mcp:write"/);

my @forms = (
    [{ scope => 'mcp:read' },               200, 'one scope'],
    [{ scope => 'a mcp:read b' },           200, 'one of several'],
    [{ scope => ['a', 'mcp:read'] },        200, 'scope, an array'],
    [{ scp => ['a', 'mcp:read'] },          200, 'scp, an array'],
    [{ scp => 'a mcp:read' },               200, 'scp, a string'],
    [{ scope => undef, scp => 'mcp:read' }, 200, 'null means absent'],
    [{},                                    403, 'no scope'],
    [{ scope => 'mcp:readx MCP:READ' },     403, 'others'],
    [{ scope => 'a', scp => 'mcp:read' },   403, 'scp beside scope'],
    [{ scp => ['a mcp:read'] },             403, 'an element is one scope'],
    [{ scp => { a => ' mcp:read ' } },      403, 'an object'],
);
is status('/read', $_->[0]), $_->[1], "$_->[2]: $_->[1]" for @forms;

is status('/both', { scope => 'mcp:write mcp:read' }), 200, 'all of several';
is status('/each', { scope => 'mcp:read' }),  404, 'several directives: the code of the one that failed';
is status('/each/inner', { scope => 'mcp:read mcp:write' }), 410, 'a nested location adds its own';
is status('/order', { scope => 'a', aud => 'https://other' }), 401, 'what is wrong with the token itself comes first';
is $nginx->get('/limited', request({ scope => 'mcp:read' }), method => 'POST')->status, 403, 'limit_except: a method of its own';
is status('/exchange', { scope => 'a' }), 403, 'a token without it is not exchanged';
is scalar(() = $as->requests('/token')), 0, 'nor is anybody asked to';

is status('/variable', { scope => 'a b' }, 'X-Needs: b a'), 200, 'scopes may come from a variable';
is status('/variable', { scope => 'a b' }, 'X-Needs: b c'), 403, 'all of them count';
$nginx->refuses('a variable that names none lets nobody in', path => '/variable', request({ scope => 'a' }), status => 500,
    reason => qr/auth_oauth2_token: internal: .*the required scope "\$needs" is empty, or no scope, in this request/);
is $nginx->get('/cached', token => 'cached', headers => ['X-Needs: a'])->status, 200, 'asked';
is $nginx->get('/cached', token => 'cached', headers => ['X-Needs: c'])->status, 403, 'and again from the cache: what is kept are claims, not decisions';

is status('/undefined', { scope => 'mcp:read' }), 200, 'override=: a variable that nobody defines, so that the scopes decide';
is status('/undefined', { scope => 'x' }),        403, 'here too';
is status('/override', { scope => 'x' }, 'X-Says: 1'),        200, 'one that says 1 decides';
is status('/override', { scope => 'mcp:read' }, 'X-Says: 0'), 403, 'and one that says 0';
is status('/override', { scp => { a => ' mcp:read ' } }, 'X-Says: 1'), 403, 'but an object has no scope';

sub challenge ($path, $answer) { my $response = $nginx->get($path, request($answer)); return [$response->status, $response->headers('WWW-Authenticate')] }

is_deeply challenge('/each', {}),   [403, 'Bearer error="insufficient_scope", scope="mcp:read mcp:write"'], 'the challenge names all that is needed here';
is_deeply challenge('/off', {}),    [403], 'none where it is switched off';
is_deeply challenge('/string', {}), [403, 'Bearer x="y"'], 'a string of one\'s own';
is $nginx->get('/private', request({}))->body, 'lacks, alice', 'error=473: its error page, which knows whose token it was';
is status('/any/allow', {}), 200, 'satisfy any: another check may let the request pass';
is $nginx->get('/any/alone', request({}))->body, 'lacks, alice', 'satisfy any: the error page when no other check does';

finish();
