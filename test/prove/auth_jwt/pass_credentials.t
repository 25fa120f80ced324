# auth_jwt_pass_credentials: on, as NGINX Plus does, by default; off, and neither backends nor logs nor variables see the
# client's credentials, wherever its token is read from. Subrequests are judged by them all the same.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;

my $any   = to('any');
my $inner = to('mcp');
my $page  = to('page');
my $as    = run_origin();
$as->answer('/jwks', body => jwks('p256'));
my $nginx = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), users => "user:{PLAIN}password\n", 'html/page' => '<!--#include virtual="/inside" -->' });
    auth_jwt_key_file jwks.json;
    map \$http_authorization \$mapped { default "\$http_authorization"; }
    map \$http_authorization \$token  { "~^Bearer (?<bare>.*)" \$bare; }
    log_format seen "\$request|\$request_uri|\$args|\$arg_access_token|\$http_authorization|\$http_proxy_authorization|\$mapped|\$remote_user|\$http_x_token|\$status";
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        access_log %%TESTDIR%%/access.log seen;
        underscores_in_headers on;
        ignore_invalid_headers off;
        location = /default  { auth_jwt "x"; $inner }
        location = /on       { auth_jwt "x"; auth_jwt_pass_credentials on; $inner }
        location = /cleared  { auth_jwt "x"; proxy_set_header Authorization ""; $inner }
        location = /off      { auth_jwt "x"; auth_jwt_pass_credentials off; $inner }
        location = /early    { auth_jwt "x"; auth_jwt_pass_credentials off; if (\$mapped = x) { return 500; } if (\$remote_user = x) { return 500; } set \$unused \$http_authorization; $inner }
        location = /header   { auth_jwt "x" token=\$http_x_token; auth_jwt_pass_credentials off; mirror /by_header; $inner }
        location = /mapped   { auth_jwt "x" token=\$token; auth_jwt_pass_credentials off; mirror /by_map; $inner }
        location = /by_header { auth_jwt "x" token=\$http_x_token; auth_jwt_pass_credentials off; $page }
        location = /by_map   { auth_jwt "x" token=\$token; $page }
        location = /reading  { auth_jwt "x"; auth_jwt_pass_credentials off; limit_except GET { auth_jwt off; auth_jwt_pass_credentials on; } $inner }
        location = /writing  { limit_except GET { auth_jwt "x"; auth_jwt_pass_credentials off; } $inner }
        location = /password { satisfy any; auth_basic "x"; auth_basic_user_file users; auth_jwt "x"; auth_jwt_pass_credentials off; proxy_set_header X-Name \$remote_user; $inner }
        location /outer      { auth_jwt "x"; auth_jwt_pass_credentials off; $inner
                               location /outer/off { auth_jwt off; $page }
                               location /outer/own { proxy_set_header X-Own own; $inner } }
        location /inside/    { auth_jwt "x" token=\$http_x_token; auth_jwt_pass_credentials off; $inner
                               location /inside/off   { auth_jwt off; $page }
                               location /inside/other { auth_jwt "x"; $page }
                               location /inside/post  { limit_except GET { auth_jwt off; } $page } }
        location = /open     { $page }
        location = /to_off   { try_files /none /off; }
    }
    server {
        listen 127.0.0.1:%%PORT_TWICE%%;
        error_page 400 = /page;
        location = /page { auth_jwt_pass_credentials off; $page }
        location /       { auth_jwt "x"; auth_jwt_pass_credentials off; $inner }
    }
    server {
        listen 127.0.0.1:%%PORT_SERVER%%;
        auth_jwt "x";
        auth_jwt_pass_credentials off;
        auth_jwt_key_request /_jwks;
        location /         { auth_request /check; mirror /mirror; $inner }
        location = /check  { internal; proxy_set_header X-Backend check; proxy_pass http://127.0.0.1:@{[ $backend->port ]}; }
        location = /mirror { internal; $page }
        location = /_jwks  { internal; proxy_pass http://127.0.0.1:@{[ $as->port ]}/jwks; }
    }
CONF
my $token = mint('p256');
my @good  = (token => $token, headers => \@forged_credentials);
my $all   = '+authorization+proxy-authorization+proxy.authorization+proxy_authorization';

sub is_outcome ($wanted, $rule, $path, @request) {
    is outcome($nginx, $_, $wanted, $path, @request), $wanted, "$path, $_: $rule" for 'HTTP/1.1', 'HTTP/2';
    return;
}

# --- on, by default -------------------------------------------------------------------------------------------------------

is_outcome('200 mcp+everything', 'credentials go on', $_, @good) for '/default', '/on';
is_outcome('200 mcp+proxy-authorization+proxy.authorization+proxy_authorization', 'a line of the location\'s own counts', '/cleared', @good);
is_outcome('200 mcp+everything+query', 'a query is left alone', '/default?access_token=forged', @good);

# --- off ------------------------------------------------------------------------------------------------------------------

for my $path ('/off', '/early', '/outer', '/outer/own', '/reading', '/to_off') {
    is_outcome('200 mcp', 'nothing goes on', $path, @good);
    is_outcome('401', 'no token', $path, headers => \@forged_credentials);
    for my $query ('access_token=%s', 'x=1;access_token=%s', '%%20access_token=%s', 'ACCESS_TOKEN=%s', '[access_token]=%s', 'x;access_token=%s;y', '%%61ccess%%5ftoken=%s') {
        is_outcome('400', "a token in the query ($query)", "$path?" . sprintf($query, $token), @good);
    }
    is_outcome('200 mcp', 'another query is another thing', "$path?access_tokens=1&xaccess_token=2", @good);
}
is_outcome('200 page', 'inside, where no token is asked for', '/outer/off', headers => \@forged_credentials);
is_outcome('200 page', 'nor is one in the query refused, and it goes on nowhere', "/outer/off?access_token=$token", headers => \@forged_credentials);
is_outcome('200 page+everything', 'a location beside is left alone', '/open', @good);
is_outcome('200 mcp(body)+everything', 'limit_except: other methods', '/reading', @good, method => 'POST', body => 'x');
is_outcome('200 mcp+everything', 'limit_except alone: what is excepted', '/writing', @good);
is_outcome('200 mcp(body)', 'limit_except alone: the others', '/writing', @good, method => 'POST', body => 'x');
is_outcome('400', 'limit_except alone: a token in the query', "/writing?access_token=$token", @good, method => 'POST', body => 'x');

# --- other places for a token ---------------------------------------------------------------------------------------------

is_outcome('200 mcp page', 'a header ends in every spelling, and the mirror is judged by it', '/header', headers => ["X-Token: $token", 'X.Token: forged']);
is_outcome('401', 'not without it', '/header');
is_outcome('200 page', 'a location inside that asks for none: it ends there, too', '/inside/off', headers => ["X-Token: $token"]);
is_outcome('200 page', 'and in one that reads its token elsewhere', '/inside/other', headers => ["X-Token: $token", "Authorization: Bearer $token"]);
is_outcome('200 page(body)', 'and for methods that need none', '/inside/post', headers => ["X-Token: $token"], method => 'POST', body => 'x');
is_outcome('200 mcp page', 'a map of the header: the mirror is judged by what it was', '/mapped', @good);

# nginx refuses a second header before it has chosen a location.
my @twice = (headers => ['Authorization: Bearer one', 'Authorization: Bearer two']);
is $nginx->get('/', port => 'PORT_TWICE', @twice)->status, 200, 'two Authorization headers: the error page';
is arrival((new_requests(1))[0], @twice), 'page', 'gets neither';

# --- a password beside ----------------------------------------------------------------------------------------------------

my @password = (headers => ['Authorization: Basic dXNlcjpwYXNzd29yZA==']);    # user:password
for my $case (['a password that is good', @password], ['a token', token => $token]) {
    my ($what, @request) = @$case;
    is $nginx->get('/password', @request)->status, 200, "satisfy any: $what";
    my ($seen) = new_requests(1);
    is arrival($seen, @request), 'mcp', "satisfy any: $what ends here";
    is +(values_of($seen, 'X-Name'))[0], undef, "satisfy any: $what: and its name";
}

# --- logs -----------------------------------------------------------------------------------------------------------------

sub access_log () { return TestNginx::Report::slurp($nginx->dir . '/access.log') }
my $signature = (split /\./, $token)[2];
for my $case (['passed', '/off', 200], ['looked at before', '/early', 200], ['refused', '/off', 401, headers => ['Authorization: Bearer forged-x']], ['a token in the query', "/off?access_token=$token", 400],
    ['rewritten', "/to_off?access_token=$token", 400], ['another method', "/off?access_token=$token", 400, method => 'PUT', body => 'x'], ['in another header', '/header', 200, headers => ["X-Token: $token"]]) {
    my ($what, $path, $status, @request) = @$case;
    my $mark = length access_log();
    @request = @good if !@request && $path ne '/header';
    is $nginx->get($path, @request)->status, $status, "$what: $status";
    wait_for(5, sub { access_log() =~ /\n\z/ && length access_log() > $mark });
    unlike substr(access_log(), $mark), qr/\Q$signature\E|forged|Bearer|Basic/, "$what: the access log shows no credential";
}
$nginx->keep_out_of_log($token);

# --- what a server sets ---------------------------------------------------------------------------------------------------

new_requests(0);
my @server = (port => 'PORT_SERVER', @good);
my $before = () = $as->requests;
is $nginx->get('/', @server)->status, 200, 'subrequests inherit it: a good token passes';
is join(' ', sort map { arrival($_, @server) } new_requests(3)), 'check mcp page', 'so do auth_request and the mirror, which get no credentials';
is scalar(() = $as->requests) - $before, 1, 'and no keys are asked for again';
is $nginx->get('/', port => 'PORT_SERVER', token => mint('p256_other', claims(), header => { kid => 'p256' }))->status, 401, 'a forged one does not';
is scalar(new_requests(0)), 0, 'nor does anything else';

finish();
