# auth_jwt_require_scope scope ... [override=$variable] [error=code]: the token has each of the scopes, compared whole.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256'), 'users' => "user:{PLAIN}password\n" });
    map $http_x_needs $needs { default $http_x_needs; }
    map $http_x_says $behind { default $http_x_says; }
    auth_jwt_claim_set $named named;
    auth_jwt "site";
    auth_jwt_key_file jwks.json;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /read     { auth_jwt_require_scope mcp:read; %%OK%% }
        location /both     { auth_jwt_require_scope mcp:read mcp:write; %%OK%% }
        location /spaces   { auth_jwt_require_scope " mcp:read  mcp:write "; %%OK%% }
        location /each     { %%OK%% auth_jwt_require_scope mcp:read; auth_jwt_require_scope mcp:write error=404; location /each/inner { auth_jwt_require_scope mcp:admin error=410; %%OK%% } }
        location /variable { auth_jwt_require_scope $needs; %%OK%% }
        location /part     { auth_jwt_require_scope mcp:$needs; %%OK%% }
        location /order    { auth_jwt_require_scope mcp:read; auth_jwt_require_claim sub eq alice; auth_jwt_require $named error=402; %%OK%% }
        location /undefined { auth_jwt_require_scope mcp:read override=$nobody_defines_it; %%OK%% }
        location /override { auth_jwt_require_scope mcp:read override=$overriding; %%OK%% }
        location /behind   { auth_jwt_require_scope $needs override=$behind; %%OK%% }
        location /claim    { auth_jwt_require_scope mcp:read override=$named; %%OK%% }
        location /family   { auth_jwt_require_scope mcp:read override=$http_x_override; %%OK%% }
        location /set      { set $given $http_x_given; auth_jwt_require_scope mcp:read override=$given; %%OK%% }
        location /limited  { limit_except GET { auth_jwt_require_scope mcp:write; } error_page 405 =200 /ok; %%OK%% }
        location = /ok     { auth_jwt off; }
        location /early    { auth_jwt_phase preaccess; auth_jwt_require_scope mcp:read; %%OK%% }
        location /private  { auth_jwt_require_scope mcp:read error=473; error_page 473 = @lacking; %%OK%% }
        location @lacking  { return 403 "lacks, $jwt_claim_sub"; }
        location /unhandled { auth_jwt_require_scope mcp:read error=473; error_page 500 /ok; %%OK%% }
        location /paged    { auth_jwt_require_scope mcp:read error=473; error_page 473 =403 /ok; %%OK%% }
        location /teapot   { auth_jwt_require_scope mcp:read error=418; %%OK%% }
        location /off      { auth_jwt_require_scope mcp:read; auth_jwt_www_authenticate off; %%OK%% }
        location /string   { auth_jwt_require_scope mcp:read; auth_jwt_www_authenticate 'Bearer x="y"'; %%OK%% }
        location /rewritten { auth_jwt_require_scope mcp:read; error_page 403 =200 /ok; %%OK%% }
        location /any/allow { satisfy any; allow 127.0.0.1; deny all; auth_jwt_require_scope mcp:read error=473; %%OK%% }
        location /any/deny  { satisfy any; deny all; auth_jwt_require_scope mcp:read error=473; error_page 403 = @denied; error_page 473 = @lacking; %%OK%% }
        location /any/basic { satisfy any; auth_basic "basic"; auth_basic_user_file users; auth_jwt "jwt" token=$cookie_token; auth_jwt_require_scope mcp:read error=473; %%OK%% }
        location /any/alone { satisfy any; auth_jwt_require_scope mcp:read error=473; error_page 473 = @lacking; %%OK%% }
        location @denied    { return 403 "denied"; }
    }
    map $http_x_says $overriding { default $http_x_says; }
CONF
my $challenge = qr/error="insufficient_scope"/;
my $lacks = qr/scope_insufficient: the token does not have the required scope: /;

sub token (%claims) { return token => mint('p256', claims(%claims)) }
sub status ($path, $claims, @headers) { return $nginx->get($path, token(%$claims), headers => \@headers)->status }

$nginx->passes_after('/read', token(scope => 'mcp:read'));
$nginx->refuses('a scope that is missing',   path => '/read', token(),                      status => 403, challenge => $challenge, reason => qr/${lacks}it lacks "mcp:read"/);
$nginx->refuses('all that are missing',      path => '/both', token(scope => 'x'),          status => 403, challenge => $challenge, reason => qr/it lacks "mcp:read mcp:write"/);
$nginx->refuses('and only those',            path => '/spaces', token(scope => 'mcp:read'), status => 403, challenge => $challenge, reason => qr/it lacks "mcp:write"/);
$nginx->refuses('each value for itself',     path => '/early', token(scope => 'mcp:readx'), status => 403, challenge => $challenge, reason => qr/it lacks "mcp:read"/);
$nginx->refuses('no token comes first: 401', path => '/read', reason => qr/credentials_missing/);
$nginx->refuses('an expired one too: 401',   path => '/read', token(exp => 1), reason => qr/\bexpired/);

# What a token has (RFC 6749 section 3.3): a string is split at its spaces, an element of an array is one scope, whole.
my @forms = (
    [{ scope => 'mcp:read' },                              200, 'one scope'],
    [{ scope => 'a mcp:read b' },                          200, 'one of several'],
    [{ scope => ['mcp:read'] },                            200, 'an array'],
    [{ scope => ['a', 'mcp:read'] },                       200, 'an array of several'],
    [{ scp => 'a mcp:read' },                              200, 'scp, a string'],
    [{ scp => ['a', 'mcp:read'] },                         200, 'scp, an array'],
    [{ scope => '', scp => 'mcp:read' },                   403, 'an empty scope is there, so that scp does not count'],
    [{ scope => 'a', scp => 'mcp:read' },                  403, 'scp beside scope'],
    [{ scope => 'MCP:READ' },                              403, 'another case'],
    [{ scope => "mcp:read\tx" },                           403, 'a tab is no space'],
    [{ scope => 'mcp:read,x' },                            403, 'nor is a comma'],
    [{ scope => ['a mcp:read'] },                          403, 'an element is one scope'],
    [{ scope => ['mcp:read ', 'a,mcp:read'] },             403, 'whole'],
    [{ scope => [] },                                      403, 'an empty array'],
    [{ scope => [['mcp:read']] },                          403, 'an array in an array'],
    [{ scope => ['mcp:read', 1] },                         403, 'an array with a number'],
    [{ scope => { 'mcp:read' => 1 } },                     403, 'an object'],
    [{ scope => { a => ' mcp:read ' } },                   403, 'an object with the scope in a value'],
    [{ scope => 1 },                                       403, 'a number'],
    [{ scopes => 'mcp:read' },                             403, 'another claim'],
);
is status('/read', $_->[0]), $_->[1], "$_->[2]: $_->[1]" for @forms;
is $nginx->get('/read', token => mint('p256', to_json(claims(scp => 'mcp:read')) =~ s/\A\{/{"scope":null,/r))->status, 200, 'null means absent: scp counts';
$nginx->refuses('an object has no scope, and the log says so', path => $_, token(scope => { a => ' mcp:read ' }), headers => ['X-Says: 1'], status => 403, challenge => $challenge,
    reason => qr/its "scope" is neither a string nor an array of strings/) for qw(/read /override);
$nginx->refuses('nor has scp', path => '/read', token(scp => { 'mcp:read' => 1 }), status => 403, challenge => $challenge, reason => qr/its "scp" is neither/);

# Several of them.
is status('/both', { scope => 'mcp:write mcp:read' }), 200, 'all of several, in any order';
is status('/each', { scope => 'mcp:read' }),            404, 'several directives: the code is that of the one that failed';
is status('/each', { scope => 'mcp:write' }),           403, 'also when it is the first';
is status('/each/inner', { scope => 'mcp:read mcp:write' }), 410, 'a nested location adds its own';
is status('/each/inner', { scope => 'mcp:admin' }),     403, 'and the inherited ones hold there';
is status('/order', { scope => '', sub => 'bob' }),     401, 'what is wrong with the token itself comes first';
is status('/order', { scope => '', sub => 'alice' }),   402, 'then auth_jwt_require, then scopes';
is $nginx->get('/limited', token(scope => 'mcp:read'), method => 'POST')->status, 403, 'limit_except: a method of its own';
is $nginx->get('/limited', token(scope => ''))->status, 200, 'and none for the others';

# Variables.
is status('/variable', { scope => 'a b' }, 'X-Needs: b'),   200, 'a scope may come from a variable';
is status('/variable', { scope => 'a b' }, 'X-Needs: b a'), 200, 'several, too';
is status('/variable', { scope => 'a b' }, 'X-Needs: b c'), 403, 'each of which must be there';
is status('/part', { scope => 'mcp:read' }, 'X-Needs: read'), 200, 'or a part of it';
$nginx->refuses("a variable that names no scope lets nobody in: '$_'", path => '/variable', token(scope => 'a'), headers => ["X-Needs: $_"], status => 500,
    reason => qr/internal: .*the required scope "\$needs" is empty, or no scope, in this request/) for '', ' ', 'a"b', 'Zoë';

# override=: where the configuration has the variable, it alone decides.
is status('/undefined', { scope => 'mcp:read' }), 200, 'a variable that nobody defines: the scopes decide';
is status('/undefined', { scope => 'x' }),        403, 'here too';
for my $path (qw(/override /behind)) {
    is status($path, { scope => 'x' }, "X-Says: $_"),        200, "$path: a variable that says $_ passes" for 1, 'yes';
    is status($path, { scope => 'mcp:read' }, "X-Says: $_"), 403, "$path: one that says '$_' does not" for 0, '';
}
$nginx->refuses('the log names it', path => '/override', token(scope => 'mcp:read'), headers => ['X-Says: 0'], status => 403, challenge => $challenge, reason => qr/"\$overriding" is empty or "0"/);
is status('/claim', { named => 1 }),                   200, 'a claim that is there decides';
is status('/claim', { named => 0, scope => 'mcp:read' }), 403, 'either way';
is status('/claim', { scope => 'mcp:read' }),          200, 'and where it is not, the scopes do';
is status('/family', {}, 'X-Override: 1'),             200, 'a name of a family keeps its meaning';
is status('/family', { scope => 'mcp:read' }),         200, 'and without a value the scopes decide';
is status('/set', {}, 'X-Given: 1'),                   200, 'what "set" stored counts';
is status('/set', { scope => 'mcp:read' }, 'X-Given: 0'), 403, 'either way';

# Challenges (RFC 6750 section 3.1).
sub challenge ($path, @request) { my $response = $nginx->get($path, @request); return [$response->status, $response->headers('WWW-Authenticate')] }

my $insufficient = 'Bearer realm="site", error="insufficient_scope", scope=';
is_deeply challenge('/read', token()),                 [403, qq($insufficient"mcp:read")], 'the challenge names the scope';
is_deeply challenge('/each', token()),                 [403, qq($insufficient"mcp:read mcp:write")], 'and all that are needed here, so that one step-up is enough';
is_deeply challenge('/read', token(scope => 'mcp:read')), [200], 'none for who has it';
is_deeply challenge('/each', token(scope => 'mcp:read')), [404], 'none with another code';
is_deeply [$nginx->get('/behind', token(), headers => ['X-Says: 0'])->headers('WWW-Authenticate')], ['Bearer realm="site", error="insufficient_scope"'], 'no scope where a variable alone decides';
is_deeply challenge('/off', token()),                  [403], 'none where it is switched off';
is_deeply challenge('/string', token()),               [403, 'Bearer x="y"'], 'a string of one\'s own';
is_deeply challenge('/rewritten', token()),            [200], 'none on what an error page made of it';
is_deeply challenge('/read'),                          [401, 'Bearer realm="site"'], 'a 401 has its own';

# A private code, for an error page that no other 403 reaches; "satisfy any" takes it for the 403 that it stands for.
is $nginx->get('/private', token(sub => 'carol'))->body, 'lacks, carol', 'error=473: its error page, which knows whose token it was';
is status('/private', { scope => 'mcp:read' }), 200, 'and none for who has the scope';
is_deeply challenge('/unhandled', token()), [403, qq($insufficient"mcp:read")], 'without an error page it is a 403, as HTTP knows it';
is_deeply challenge('/paged', token()),     [403, qq($insufficient"mcp:read")], 'and as an error page makes it';
is_deeply challenge('/teapot', token()),    [418], 'a code that HTTP knows stays';
is_deeply challenge('/private', token()),   [403, qq($insufficient"mcp:read")], 'a named location that answers with 403 has the challenge, unless that is switched off';
is status('/any/allow', {}), 200, 'satisfy any: another check may let the request pass';
is status('/any/alone', {}), 403, 'satisfy any: no other check does';
is status('/any/alone', { scope => 'mcp:read' }), 200, 'satisfy any: the scope does';
is $nginx->get('/any/alone', token())->body, 'lacks, alice', 'satisfy any: the error page is its own when no other check has refused';
is $nginx->get('/any/deny', token())->body, 'denied', 'satisfy any: what another check refuses as well is a plain 403';
my @cookie = ('Cookie: token=' . { token() }->{token});
is $nginx->get('/any/basic', headers => [@cookie, 'Authorization: Basic ' . MIME::Base64::encode('user:password', '')])->status, 200, 'satisfy any: a password passes';
is_deeply [grep { /basic/ } $nginx->get('/any/basic', headers => \@cookie)->headers('WWW-Authenticate')], ['Basic realm="basic"'], 'satisfy any: and is asked for';

finish();
