# Locations inside a protected one, blocks inside a location, and other access modules beside the token: what they let
# pass arrives without credentials, and with no identity but that of a token.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Mcp;

my $page  = to('page');
my $inner = to('mcp');
my $port  = $backend->port;
my @post  = (method => 'POST', headers => ['Content-Type: application/json'], body => message('tools/call', name => 'x'));
my $basic = 'auth_basic "site"; auth_basic_user_file users; ';
my $off   = 'mcp_resource off;';

# Their configuration stands below, around them.
my @nested = (
    ['a location inside',                        '/outer/plain',         '401',      '403',      '200 mcp=alice', ''],
    ['an exact one',                             '/outer/exact',         '401',      '403',      '200 mcp=alice', ''],
    ['one with a regular expression',            '/outer/x.re',          '401',      '403',      '200 mcp=alice', ''],
    ['two levels below',                         '/outer/plain/deep',    '401',      '403',      '200 mcp=alice', ''],
    ['one with headers of its own',              '/outer/own',           '401',      '403',      '200 mcp~alice', ''],
    ['one below that',                           '/outer/own/deep',      '401',      '403',      '200 mcp~alice', ''],
    ['one that demands more',                    '/outer/more',          '401 page', '403 page', '403 page',      ''],
    ['one with an error page of its own',        '/outer/page',          '401 page', '403 page', '200 mcp=alice', ''],
    ['one of another resource',                  '/outer/other',         '401 page', '401 page', '401 page',      ''],
    ['mcp_resource off',                         '/outer/off',           '200 page', '200 page', '200 page',      ''],
    ['mcp_resource off, a POST',                 '/outer/off',           '200 page(body)', '200 page(body)', '200 page(body)', '', @post],
    ['below mcp_resource off',                   '/outer/off/deep',      '200 page', '200 page', '200 page',      ''],
    ['in an "if" of such a location',            '/outer/off_if?x',      '200 page', '200 page', '200 page',      ''],
    ['protected again below it',                 '/outer/off/again',     '401',      '403',      '200 mcp=alice', ''],
    ['off, below headers of its own',            '/outer/own/off',       '200 page', '200 page', '200 page',      ''],
    ['off, with a regular expression',           '/outer/x.off',         '200 page', '200 page', '200 page',      ''],
    ['off, and error_page',                      '/outer/off_error',     '404 page', '404 page', '404 page',      ''],
    ['off, and error_page, named',               '/outer/off_missing',   '200 page', '200 page', '200 page',      ''],
    ['off, and try_files',                       '/outer/off_try',       '200 page', '200 page', '200 page',      ''],
    ['off, and rewrite',                         '/outer/off_rewrite',   '200 page', '200 page', '200 page',      ''],
    ['off, and mirror',                          '/outer/off_mirror',    '200 page page', '200 page page', '200 page page', ''],
    ['off, and post_action',                     '/outer/off_action',    '200 page page', '200 page page', '200 page page', ''],
    ['off, and auth_request',                    '/outer/off_asks',      '200 page page', '200 page page', '200 page page', ''],
    ['off, and internal',                        '/outer/off_internal',  '404 page', '404 page', '404 page',      ''],
    ['off, and a body that is too large',        '/outer/off_small',     '413 page', '413 page', '413 page',      '', @post, protocols => ['HTTP/1.1']],
    ['off, and FastCGI',                         '/outer/off_fastcgi',   '200 page', '200 page', '200 page',      ''],
    ['off, reached by a rewrite',                '/to_off',              '200 page', '200 page', '200 page',      'location = /to_off { rewrite ^ /outer/off last; }'],
    ['off, reached by try_files',                '/try_off',             '200 page', '200 page', '200 page',      'location = /try_off { try_files /none /outer/off; }'],
    ['off, reached by error_page',               '/error_off',           '404 page', '404 page', '404 page',      'location = /error_off { error_page 404 /outer/off; return 404; }'],
    ['off, reached by auth_request',             '/ask_off',             '200 any page', '200 any page', '200 any page', 'location = /ask_off { auth_request /outer/off; ' . to('any') . '}'],
    ['off, reached from what it is inside of',   '/outer/to_off',        '401 page', '403 page', '200 mcp=alice', ''],
);

my @blocks = (
    way('a backend in an "if"',                  '401',      '403',      '200 mcp=alice', "if (\$args) { proxy_pass http://127.0.0.1:$port; }", query => '?x'),
    way('an "if" that changes nothing',          '401',      '403',      '200 mcp=alice', 'if ($args) { set $x 1; }', query => '?x'),
    way('a backend in limit_except',             '401',      '403',      '200 mcp(body)=alice', "limit_except GET { proxy_pass http://127.0.0.1:$port; }", @post),
    way('limit_except that denies',              '401',      '403',      '403',           'limit_except GET { deny all; }', @post),
    way('the error page of limit_except',        '401 page', '403 page', '403 page',      'limit_except GET { deny all; } error_page 401 403 /page;', method => 'DELETE'),
);

my @satisfied = (
    way('satisfy any: an allowed address',       '200 mcp',  '200 mcp',  '200 mcp=alice', 'satisfy any; allow all;'),
    way('satisfy any: a denied address',         '401 page', '403 page', '200 mcp=alice', 'satisfy any; deny all; error_page 401 403 /page;'),
    way('satisfy any: a wrong password',         '401 page', '401 page', '200 mcp=alice', "satisfy any; $basic error_page 401 403 /page;"),
    way('satisfy any: auth_request',             '200 mcp page', '200 mcp page', '200 mcp=alice', 'satisfy any; auth_request /page;'),
    way('satisfy any: a POST',                   '200 mcp(body)', '200 mcp(body)', '200 mcp(body)=alice', 'satisfy any; allow all;', @post),
    way('satisfy any: mirror',                   '200 mcp page', '200 mcp page', '200 mcp=alice page', 'satisfy any; allow all; mirror /page;'),
    way('satisfy any: post_action',              '200 mcp page', '200 mcp page', '200 mcp=alice page', 'satisfy any; allow all; post_action /page;'),
    way('satisfy any: try_files',                '200 page', '200 page', '200 page',      'satisfy any; allow all; try_files /none @page;', content => ''),
    way('satisfy any: FastCGI',                  '200 mcp',  '200 mcp',  '200 mcp=alice', 'satisfy any; allow all;', content => to_fastcgi('mcp')),
    way('satisfy all: an allowed address',       '401',      '403',      '200 mcp=alice', 'satisfy all; allow all;'),
    way('satisfy all: a denied address',         '401 page', '403 page', '403 page',      'satisfy all; deny all; error_page 401 403 /page;'),
    way('mcp_allow_anonymous',                   '200 mcp(body)', '403', '200 mcp(body)=alice', 'mcp_allow_anonymous tools/*;', @post),
    way('mcp_allow_anonymous, and try_files',    '200 page(body)', '403', '200 page(body)', 'mcp_allow_anonymous tools/*; try_files /none @page;', @post, content => ''),
);

my $nginx = check_doors(<<"CONF", { 'jwks.json' => jwks('p256'), users => "user:{PLAIN}password\n" }, @nested, @blocks, @satisfied);
    mcp_scopes_supported mcp:read;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        underscores_in_headers on;
        ignore_invalid_headers off;
        location = /page { $page }
        location \@page  { $page }
        location /outer {
            $mcp
            location /outer/plain        { location /outer/plain/deep { $inner } $inner }
            location = /outer/exact      { $inner }
            location ~ ^/outer/x\\.re\$  { $inner }
            location /outer/own          { mcp_claim_header X-Other sub; location /outer/own/deep { $inner } location /outer/own/off { $off $page } $inner }
            location /outer/more         { mcp_scope more; error_page 401 403 /page; $inner }
            location /outer/page         { error_page 401 403 /page; $inner }
            location /outer/other        { mcp_resource https://mcp.example.com/other; error_page 401 403 /page; $inner }
            location /outer/off          { $off location /outer/off/deep { $page } location /outer/off/again { $mcp $inner } $page }
            location /outer/off_if       { $off if (\$args) { set \$x 1; } $page }
            location ~ ^/outer/x\\.off\$ { $off $page }
            location /outer/off_error    { $off error_page 404 /page; return 404; }
            location /outer/off_missing  { $off error_page 404 = \@page; root html; }
            location /outer/off_try      { $off try_files /none \@page; }
            location /outer/off_rewrite  { $off rewrite ^ /page last; }
            location /outer/off_mirror   { $off mirror /page; $page }
            location /outer/off_action   { $off post_action /page; $page }
            location /outer/off_asks     { $off auth_request /page; $page }
            location /outer/off_internal { $off internal; error_page 404 /page; }
            location /outer/off_small    { $off client_max_body_size 5; error_page 413 /page; $page }
            location /outer/off_fastcgi  { $off @{[ to_fastcgi('page') ]} }
            location /outer/to_off       { error_page 401 403 /outer/off; $inner }
            $inner
        }
        location = /password         { $mcp satisfy any; $basic $inner }
        location = /password_fastcgi { $mcp satisfy any; $basic @{[ to_fastcgi('mcp') ]} }
%%ROWS%%
    }
CONF

my @password = (headers => [@forged, 'Authorization: Basic dXNlcjpwYXNzd29yZA==']);
for my $path (qw(/password /password_fastcgi)) {
    is outcome($nginx, $_, '200 mcp', $path, @password), '200 mcp', "$path: $_, a good password opens, and stays here" for 'HTTP/1.1', 'HTTP/2';
}

finish();
