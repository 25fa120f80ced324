# Among nginx's other features: satisfy, error_page, nested locations, "mcp_resource off", internal redirects, paths.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

my $backend = run_origin();
$backend->answer('/', body => 'backend');
my $port  = $backend->port;
my $other = 'mcp_resource https://mcp.example.com/other; mcp_authorization_server https://as.example.com; mcp_jwks rsa.json;';
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), 'rsa.json' => jwks('rsa'), 'html/mcp/index' => "index\n", 'html/mcp/open/file' => "open\n", 'users' => "user:{PLAIN}password\n" });
    mcp_scopes_supported mcp:read;
    limit_req_zone \$binary_remote_addr zone=slow:64k rate=1r/m;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        location /mcp {
            $protected mcp_scope mcp:read;
            location /mcp/below { %%OK%% }
            location /mcp/ { root html; }
            location /mcp/open { mcp_resource off; root html; }
            location /mcp/more { mcp_scope more; %%OK%% }
            location ~ \\.if\$ { if (\$arg_x) { set \$y 1; } %%OK%% }
            if (\$arg_if) { return 202 "if"; }
            limit_except GET POST { deny all; }
            %%OK%%
        }
        location /any/allow { $protected satisfy any; allow all; %%OK%% }
        location /any/deny  { $protected mcp_scope mcp:read; satisfy any; deny all; %%OK%% }
        location /any/basic { $protected satisfy any; auth_basic "site"; auth_basic_user_file users; %%OK%% }
        location /all/deny  { $protected deny all; %%OK%% }
        location /all/allow { $protected allow all; %%OK%% }

        location /page      { $protected mcp_scope mcp:read; error_page 401 403 /static; error_page 400 = \@own; %%OK%% }
        location /named     { $protected error_page 401 = \@own; %%OK%% }
        location /to_other  { $protected error_page 401 /other; %%OK%% }
        location = /static  { return 200 "static"; }
        location \@own      { add_header X-Own 1 always; return 418 "own"; }

        location /other     { $other %%OK%% }
        location /both      { $protected try_files /none /other; }
        location /there     { $protected rewrite ^ /other last; }
        location /back      { $other try_files /none /mcp; }
        location /through   { try_files /none /mcp; }
        location /limited   { $protected limit_req zone=slow; %%OK%% }
        location ~ ^/regex(/|\$) { $protected %%OK%% }
        location /          { return 404 "nobody\\n"; }
    }
CONF
my $token = access_token();
my $rsa   = mint('rsa', claims(aud => 'https://mcp.example.com/other'));
sub status ($path, @request) { return $nginx->get($path, @request)->status }

# --- satisfy ------------------------------------------------------------------------------------------------------------

is status('/any/allow'), 200, 'any: an allowed address needs no token';
is $nginx->get('/any/allow')->header('WWW-Authenticate'), undef, 'and gets no challenge';
is status('/any/deny', token => $token), 200, 'any: a token makes up for a denied address';
is status('/any/deny', token => access_token(exp => 1)), 401, 'any: a bad one does not';
is status('/any/deny', token => access_token(scope => 'x')), 403, 'any: nor one without the scope';
my $denied = $nginx->get('/any/deny');
is $denied->status, 401, 'any: neither';
is $denied->header('WWW-Authenticate'), qq(Bearer resource_metadata="$metadata", scope="mcp:read"), 'with one challenge';
is status('/any/basic', headers => ['Authorization: Basic dXNlcjpwYXNzd29yZA==']), 200, 'any: a password is enough';
is status('/any/basic', token => $token), 200, 'any: a token is enough';
is status('/any/basic', headers => ['Authorization: Basic dXNlcjp3cm9uZw==']), 401, 'any: a wrong password is not';
is status('/all/deny', token => $token), 403, 'all: a token alone is not enough';
is status('/all/allow', token => $token), 200, 'all: with an allowed address it is';
is status('/all/allow'), 401, 'all: an allowed address alone is not';

# --- locations in locations ---------------------------------------------------------------------------------------------

for my $path (qw(/mcp /mcp/below /mcp/index /mcp/x.if /mcp/more /regex /regex/x)) {
    my $scoped = $path eq '/mcp/more' ? access_token(scope => 'mcp:read more') : $token;
    is status($path, token => $scoped), 200, "$path: with a token";
    is status($path), 401, "$path: without one";
}
is status('/mcp/more', token => $token), 403, 'a location below demands more';
is status('/mcp/none', token => $token), 404, 'what is not there';
is status('/mcp/none'), 401, 'which only those hear who may';
is $nginx->get('/mcp/open/file')->body, "open\n", 'mcp_resource off';
is $nginx->get('/mcp?if=1')->status, 202, 'nginx\'s "return" comes before any access check';
is status('/mcp', method => 'DELETE', token => $token), 403, 'limit_except is kept';
is status('/mcp', method => 'DELETE'), 401, 'and gets no further without a token';

# --- error_page ---------------------------------------------------------------------------------------------------------

my $page = $nginx->get('/page');
is join(' ', $page->status, $page->body), '401 static', 'an error page has its own body';
is $page->header('WWW-Authenticate'), qq(Bearer resource_metadata="$metadata", scope="mcp:read"), 'SPEC 63: and the challenge';
is join(' ', map { $_->status, $_->body } $nginx->get('/page', token => access_token(scope => 'x'))), '403 static', 'for 403, too';
is $nginx->get('/page', token => $token)->body, "ok\n", 'who may gets what is there';
my $own = $nginx->get('/named');
is join(' ', $own->status, $own->header('X-Own'), $own->body), '418 1 own', 'a named location answers alone';
is scalar($own->headers('WWW-Authenticate')), 0, 'and a challenge belongs to 401';
is $nginx->get("/page?access_token=$token")->status, 418, 'a 400 has its page, too';
my $moved = $nginx->get('/to_other');
is $moved->status, 401, 'an error page that is protected itself';
is scalar($moved->headers('WWW-Authenticate')), 1, 'SPEC 66: one challenge, still';
is status('/to_other', token => $rsa), 401, 'the error page of a 401 stays a 401 whoever may see it';

# --- internal redirects -------------------------------------------------------------------------------------------------

for my $path (qw(/both /there)) {
    is status($path), 401, "$path: no token";
    is status($path, token => $token), 401, "$path: the token of the first resource is not one of the second";
}
is status('/there', token => $rsa), 200, 'a rewrite leaves the first resource before its check';
is status('/both', token => $rsa), 401, 'try_files does not';
my $good_for_both = mint('rsa', claims(aud => ['https://mcp.example.com/other', $resource]));
is status('/both', token => $good_for_both), 401, 'two audiences are not two issuers\' keys';
is status('/back', token => $rsa), 401, 'from the other resource to this one';
is status('/back', token => $token), 401, 'by no token of one of them';
is status('/through', token => $token), 200, 'from a location that is open';
is status('/through'), 401, 'which opens nothing';
is status('/through', token => access_token(scope => 'x')), 403, 'not even half';

is status('/limited'), 401, 'limit_req comes first';
is status('/limited'), 503, 'and limits those without a token';

# --- paths --------------------------------------------------------------------------------------------------------------

for my $path ('//mcp', '/./mcp', '/x/../mcp', '/%6Dcp', '/mcp#x', '/mcp%2F', '/mcp/../mcp', '///mcp//', '/mcp%2fbelow', '/mcp/%2e%2e/mcp', '/mcp;x') {
    is status($path), 400, "$path is protected, and another path to some";
    is status($path, token => $token), 400, "$path: no token opens it";
}
for my $path ('/mcp?', 'http://other.example.com/mcp', '/mcp/', '/mcpx') {
    is status($path), 401, "$path is protected";
    isnt status($path, token => $token), 401, "$path: a token opens it";
}
is $nginx->get($_)->body, "nobody\n", "$_ leads elsewhere" for '/MCP', '/mcp/../x', '/x/mcp', '/mcp/..%2fx', '/Mcp/below';
is status('/../mcp'), 400, 'nginx refuses what leaves the root';
is status('/mcp%00', token => $token), 400, 'nginx refuses a NUL';
is $nginx->get_http2('//mcp', port => 'PORT_H2')->status, 400, 'HTTP/2: //mcp is protected';
is $nginx->get('/mcp', raw => "GET /mcp HTTP/1.0\r\nAuthorization: Bearer $token\r\n\r\n")->status, 200, 'HTTP/1.0';
is $nginx->get('/mcp', raw => "GET /mcp HTTP/1.0\r\n\r\n")->status, 401, 'HTTP/1.0 without a token';
$nginx->keep_out_of_log($token);

finish();
