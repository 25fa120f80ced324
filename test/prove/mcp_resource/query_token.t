# A token in the query is never accepted, and never logged: neither by the location that refuses it, nor where the request
# was refused for something else, or answered without being judged.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Mcp;

my $inner  = to('mcp');
my $page   = to('page');
my @post   = (method => 'POST', headers => ['Content-Type: application/json'], body => message('tools/call', name => 'x'));
my $format = join ' | ', map { "\$$_" } qw(request request_uri uri args query_string is_args arg_access_token status);
my $config = <<"CONF";
    mcp_scopes_supported mcp:read;
    mcp_allowed_origins https://app.example.com;
    limit_req_zone one zone=one:64k rate=1r/m;
    log_format all '$format';
    log_format early '\$early | $format';
    map \$request_uri\$args\$arg_access_token \$early { default "\$request_uri \$args \$arg_access_token"; }
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        access_log %%TESTDIR%%/access.log all;
        access_log %%TESTDIR%%/access.log combined;
        access_log %%TESTDIR%%/access.log early;
        location = /page    { $page }
        location \@page     { $page }
        location = /mcp     { $mcp $inner }
        location = /uri     { $mcp error_page 400 401 403 404 405 413 503 /page; $inner }
        location = /named   { $mcp error_page 400 401 403 404 405 413 503 = \@page; $inner }
        location = /small   { $mcp client_max_body_size 5; $inner }
        location = /small_p { $mcp client_max_body_size 5; error_page 413 = \@small; $inner }
        location \@small    { return 200 "small"; }
        location = /any     { $mcp satisfy any; allow all; $inner }
        location = /anon    { $mcp mcp_allow_anonymous *; $inner }
        location = /rules   { $mcp mcp_scope w method=tools/call; $inner }
        location = /denied  { $mcp deny all; $inner }
        location = /return  { $mcp return 404; }
        location = /hidden  { $mcp internal; $inner }
        location = /limited { $mcp limit_req zone=one; $inner }
        location = /warm    { limit_req zone=one; %%OK%% }
        location = /early   { $mcp if (\$early) { set \$x 1; } $inner }
        location = /rewrite { $mcp rewrite ^ /page last; }
        location = /try     { try_files /none /mcp; }
        location /slash/    { $mcp $inner }
        location /outer     { $mcp location /outer/off { mcp_resource off; $page } $inner }
        location = /action  { $mcp post_action /page; $inner }
        location = /mirror  { $mcp mirror /page; $inner }
        location = /ask     { auth_request /mcp; @{[ to('any') ]} }
    }
    server {
        listen 127.0.0.1:%%PORT_PAGES%%;
        client_header_timeout 200ms;
        access_log %%TESTDIR%%/access.log all;
        access_log %%TESTDIR%%/access.log combined;
        access_log %%TESTDIR%%/access.log early;
        error_page 400 405 408 494 501 505 /page;
        location = /page    { $page }
        location = /mcp     { $mcp $inner }
        location = /uri     { $mcp $inner }
    }
CONF
my $nginx = run_nginx($config, { 'jwks.json' => jwks('p256') });

my $token   = good_token(sub => 'forged-owner');
my $signed  = (split /\./, $token)[2];
my $number  = 0;
$nginx->keep_out_of_log($token);

sub access_log ($of = $nginx) { return TestNginx::Report::slurp($of->dir . '/access.log') }

# A request with the token in its query, which is answered with this status and then stands in no log. No backend may see
# the token, either.
sub stays_unlogged ($what, $status, $path, $query, %request) {
    for my $protocol ('HTTP/1.1', 'HTTP/2') {
        my $uri  = "$path?" . sprintf($query, $token) . '&end=' . ++$number;
        my $mark = length access_log();
        my $got  = $protocol eq 'HTTP/2' ? status_http2($nginx, $uri, %request) : $nginx->get($uri, %request)->status;
        is $got, $status, "$what: $protocol: $status";
        wait_for(5, sub { (() = substr(access_log(), $mark) =~ /\n/g) >= 3 });
        my $new = substr access_log(), $mark;
        unlike $new, qr/\Q$signed\E/, "$what: $protocol: the access log does not show the token";
        like $new, qr/\Q$path\E/, 'but the request';
        is scalar(grep { index(to_json($_), $signed) >= 0 } new_requests(0)), 0, "$what: $protocol: no backend sees it";
    }
    return;
}

# --- every spelling of the parameter --------------------------------------------------------------------------------------

my @spellings = ('access_token=%s', 'a=1&access_token=%s', 'a=1;access_token=%s', 'a;access_token=%s;b', '%%61ccess_token=%s', 'access%%5Ftoken=%s', 'access%%5ftoken=%s&access_token=x', '&&access_token=%s', '%%61%%63%%63%%65%%73%%73%%5F%%74%%6F%%6B%%65%%6E=%s', 'x=?&access_token=%s');
for my $query (@spellings) {
    my $shown = $query =~ s/%%/%/gr;
    stays_unlogged("?$shown", 400, '/mcp', $query);
    stays_unlogged("?$shown, and one in the header", 400, '/mcp', $query, token => good_token());
    stays_unlogged("?$shown, looked at early", 400, '/early', $query);
    stays_unlogged("?$shown, foreign Origin", 403, '/mcp', $query, headers => ['Origin: https://evil.example.com']);
}

# --- every way to be answered ---------------------------------------------------------------------------------------------

my $token_query = 'access_token=%s';
my @preflight   = (method => 'OPTIONS', headers => ['Origin: https://app.example.com', 'Access-Control-Request-Method: POST']);
$nginx->get('/warm');
for my $case (
    ['a POST',                          400, '/mcp', @post],
    ['HEAD',                            400, '/mcp', method => 'HEAD'],
    ['a method that MCP does not use',  400, '/mcp', method => 'PUT'],
    ['an expired token in the header',  400, '/mcp', token => access_token(exp => 1)],
    ['a low token in the header',       400, '/mcp', token => low_token()],
    ['a rule that needs the body',      400, '/rules', @post],
    ['no token needed',                 400, '/anon', @post],
    ['a preflight',                     204, '/mcp', @preflight],
    ['a preflight of a stranger',       403, '/mcp', method => 'OPTIONS', headers => ['Origin: https://evil.example.com', 'Access-Control-Request-Method: POST']],
    ['the metadata',                    200, '/.well-known/oauth-protected-resource/mcp'],
    ['the metadata without a path',     200, '/.well-known/oauth-protected-resource'],
    ['the metadata, HEAD',              200, '/.well-known/oauth-protected-resource/mcp', method => 'HEAD'],
    ['the metadata, OPTIONS',           204, '/.well-known/oauth-protected-resource/mcp', @preflight],
    ['the metadata, POST',              405, '/.well-known/oauth-protected-resource/mcp', method => 'POST', body => ''],
    ['error_page to a URI',             400, '/uri'],
    ['error_page to a URI, POST',       400, '/uri', @post],
    ['error_page to a named location',  200, '/named'],
    ['error_page of a foreign Origin',  403, '/uri', headers => ['Origin: https://evil.example.com']],
    ['such a page, named',              200, '/named', headers => ['Origin: https://evil.example.com']],
    ['satisfy any',                     400, '/any'],
    ['a body that is too large',        413, '/small', @post],
    ['its error page',                  200, '/small_p', @post],
    ['a denied address',                400, '/denied'],
    ['return',                          404, '/return'],
    ['an internal location',            404, '/hidden'],
    ['the slash that is missing',       301, '/slash'],
    ['limit_req',                       503, '/limited'],
    ['rewrite away',                    200, '/rewrite'],
    ['try_files into',                  400, '/try'],
    ['post_action',                     400, '/action'],
    ['mirror',                          400, '/mirror'],
    ['inside a protected location',     400, '/outer/x'],
    ['mcp_resource off inside',         200, '/outer/off'],
) {
    my ($what, $status, $path, @request) = @$case;
    stays_unlogged($what, $status, $path, $token_query, @request);
}

for my $protocol ('HTTP/1.1', 'HTTP/2') {
    my $got = $protocol eq 'HTTP/2' ? status_http2($nginx, "/ask?access_token=$token") : $nginx->get("/ask?access_token=$token")->status;
    isnt $got, 200, "auth_request into a protected location: $protocol: a token in the query opens nothing";
    is scalar(grep { arrival($_) =~ /\Amcp/ } new_requests(0)), 0, 'and the backend is not asked';
}

# --- what nginx refuses itself, before it has chosen a location -----------------------------------------------------------
# At level info nginx writes the request line, and some headers, to the error log before a module can do anything.

my $strict = run_nginx($config, { 'jwks.json' => jwks('p256') }, log_level => 'notice');
$strict->keep_out_of_log($token);
for my $case (
    ['two Authorization headers', 400, 'GET %s HTTP/1.1', 'Host: a', 'Authorization: Basic a', 'Authorization: Basic b'],
    ['no Host',                   400, 'GET %s HTTP/1.1'],
    ['two Hosts',                 400, 'GET %s HTTP/1.1', 'Host: a', 'Host: b'],
    ['a length that is none',     400, 'POST %s HTTP/1.1', 'Host: a', 'Content-Length: x'],
    ['a coding that is none',     501, 'POST %s HTTP/1.1', 'Host: a', 'Transfer-Encoding: x'],
    ['a header that is too long', 400, 'GET %s HTTP/1.1', 'Host: a', 'X-Long: ' . 'x' x 40_000],
    ['TRACE',                     405, 'TRACE %s HTTP/1.1', 'Host: a'],
    ['HTTP/9',                    505, 'GET %s HTTP/9.9', 'Host: a'],
) {
    my ($what, $status, $line, @headers) = @$case;
    for my $path ('/mcp', '/uri', '/.well-known/oauth-protected-resource/mcp') {
        for my $port ('PORT', 'PORT_PAGES') {
            my $name = "$path: $what" . ($port eq 'PORT_PAGES' ? ', an error page of the server' : '');
            my $mark = length access_log($strict);
            my $response = $strict->get($path, port => $port, raw => join "\r\n", sprintf($line, "$path?access_token=$token"), @headers, 'Connection: close', '', '');
            is $response->status, $status, "$name: $status";
            is_unlogged($name, $mark);
        }
    }
}
sub is_unlogged ($name, $mark) {
    wait_for(5, sub { (() = substr(access_log($strict), $mark) =~ /\n/g) >= 3 });
    unlike substr(access_log($strict), $mark), qr/\Q$signed\E/, "$name: the access log does not show the token";
    is scalar(grep { index(to_json($_), $signed) >= 0 } new_requests(0)), 0, "$name: no backend sees it";
    return;
}
for my $path ('/mcp', '/.well-known/oauth-protected-resource/mcp') {
    my $mark = length access_log($strict);
    my $late = $strict->begin($path, port => 'PORT_PAGES', raw => "GET $path?access_token=$token HTTP/1.1\r\nHost: a\r\n");
    is_unlogged("$path: a header that does not end", $mark);
    $mark = length access_log($strict);
    $late = $strict->begin($path, raw => "GET $path?access_token=$token HTTP/1.1\r\nHost: a\r\n");
    undef $late;
    is_unlogged("$path: a client that goes away", $mark);
}

# --- what is not a token --------------------------------------------------------------------------------------------------

for my $query ('x=access_token', 'xaccess_token=1', 'access_tokens=1', 'access_token_type=x') {
    is $nginx->get("/mcp?$query&kept=1", token => good_token())->status, 200, "?$query is another parameter";
    is +(new_requests(1))[-1]{uri}, "/mcp?$query&kept=1", 'which arrives';
    wait_for(5, sub { access_log() =~ /\Q$query\E&kept=1/ });
    like access_log(), qr{/mcp\?\Q$query\E&kept=1}, 'and is logged';
}

finish();
