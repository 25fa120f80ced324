# auth_jwt_require $value ... [error=code]: all non-empty and not "0", else 401 or the directive's own code.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $nginx = run_nginx(<<'CONF', { 'jwks.json' => jwks('p256') });
    auth_jwt_claim_set $scope scope;
    auth_jwt_claim_set $flag flag;
    map $scope $may_read  { "~(^|\s)mcp:read(\s|$)" 1; default 0; }
    map $scope $may_write { "~(^|\s)mcp:write(\s|$)" 1; default ""; }
    server {
        listen 127.0.0.1:%%PORT%%;
        auth_jwt "site";
        auth_jwt_key_file jwks.json;
        location /read      { auth_jwt_require $may_read; %%OK%% }
        location /read403   { auth_jwt_require $may_read error=403; %%OK%% }
        location /both      { auth_jwt_require $may_read $may_write error=403; %%OK%% }
        location /each      { %%OK%% auth_jwt_require $may_read error=403; auth_jwt_require $may_write error=405; location /each/inner { auth_jwt_require $flag error=410; %%OK%% } }
        location /flag      { auth_jwt_require $flag; %%OK%% }
        location /text      { auth_jwt_require "$flag$scope"; %%OK%% }
        location /code      { %%OK%% auth_jwt_require $flag error=599; location /code/400 { auth_jwt_require $scope error=400; %%OK%% } }
        location /503       { auth_jwt_require $flag error=503; %%OK%% }
        location /handled   { auth_jwt_require $may_read error=403; error_page 403 = @forbidden; %%OK%% }
        location @forbidden { add_header WWW-Authenticate 'Bearer error="insufficient_scope"' always; return 403 "sub $jwt_claim_sub"; }
    }
CONF

sub token (%claims) { return token => mint('p256', claims(%claims)) }
sub status ($path, %claims) { return $nginx->get($path, token(%claims))->status }

$nginx->passes_after('/read', token(scope => 'mcp:read'));
$nginx->refuses('a value of 0 is refused', path => '/read', token(scope => 'mcp:readx'), reason => qr/requirement_failed/);
$nginx->refuses('error=403 gives 403', path => '/read403', token(), status => 403, reason => qr/requirement_failed/);
$nginx->refuses('expiry comes before the rule: 401', path => '/read403', token(exp => 1), reason => qr/\bexpired/);
$nginx->refuses('no token comes before the rule: 401', path => '/read403', reason => qr/credentials_missing/);

is status('/read403', scope => 'a mcp:read b'), 200, 'a value of 1 passes';
is status('/both', scope => 'mcp:read mcp:write'), 200, 'several values: all must hold';
is status('/both', scope => $_), 403, "several values: $_ alone is not enough" for qw(mcp:read mcp:write);
is status('/each', scope => 'mcp:read mcp:write'), 200, 'several directives: all must hold';
is status('/each', scope => 'mcp:write'), 403, 'the code is that of the one that failed';
is status('/each', scope => 'mcp:read'), 405, 'also when it is the second';
is status('/each/inner', scope => 'mcp:read mcp:write'), 410, 'a nested location adds its own';
is status('/each/inner', scope => 'mcp:read mcp:write', flag => 1), 200, 'and passes when all hold';
is status('/each/inner', scope => 'mcp:read', flag => 1), 405, 'the inherited ones hold there too';

is status('/flag', flag => $_), 200, "the value '$_' passes" for 'x', '00', '0.0', ' ', 'false', 1;
is status('/flag', flag => $_), 401, "the value '$_' is refused" for '', '0', 0;
is status('/flag'), 401, 'a missing value is refused';
is status('/flag', flag => $_->[0]), 401, "null means absent: $_->[1] is refused" for [undef, 'null'], [[undef], 'an array of null'], [[], 'an empty array'];
is status('/text', flag => $_->[0], scope => $_->[1]), $_->[2], "the text '$_->[0]$_->[1]' gets $_->[2]" for ['0', '', 401], ['', '', 401], ['0', '0', 200];
is status('/code'), 599, 'the code may be up to 599';
is status('/code/400', flag => 1), 400, 'and down to 400';
is status('/503'), 503, '503 is among them';

my $handled = $nginx->get('/handled', token(sub => 'carol'));
is $handled->header('WWW-Authenticate'), 'Bearer error="insufficient_scope"', 'SPEC 16: a named location answers for the 403, with one challenge';
is $handled->body, 'sub carol', 'and knows whose token it was';

finish();
