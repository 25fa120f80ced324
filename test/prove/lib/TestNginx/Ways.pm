package TestNginx::Ways;

# Every way that nginx has to leave a protected location, refused or passed, and the server around them. What makes a
# location protected is $TestNginx::Doors::door.

use v5.36;
use parent 'Exporter';

use TestNginx::Doors;
use TestNginx::Jose qw(to_json);
use TestNginx::Mcp;

our @EXPORT = qw(@post refused_ways unjudged_ways passed_ways ways_files ways_http ways_locations ways_server into_ways beside_ways into_files into_server exchanging_door);

our @post = (method => 'POST', headers => ['Content-Type: application/json'], body => message('tools/call', name => 'x'));
my $ssi  = 'ssi on; ssi_types *; root html; error_page 404 405 = /none;';
my $limit = sub ($nginx) { $nginx->get('/warm') };    # who comes next comes too early
my $dead = 'http://127.0.0.1:%%PORT_DEAD%%';    # where nobody listens

$backend->answer('/hang',        hang => 1);
$backend->answer('/fails',       status => 500, body => 'failed');
$backend->answer('/unknown',     status => 401, body => 'who?');
$backend->answer('/denies',      status => 403, body => 'no');
$backend->answer('/accel',       headers => [['X-Accel-Redirect', '/target']]);
$backend->answer('/accel_named', headers => [['X-Accel-Redirect', '@target']]);
$backend->answer('/accel_back',  headers => [['X-Accel-Redirect', '/judged']]);
$backend->answer('/ssi_proxied', headers => [['Content-Type', 'text/html']], body => '<!--#include virtual="/page" -->');

# By a request that is refused.
sub refused_ways () {
    return (
        way('error_page to a URI',                 '401 page', '403 page', '200 mcp=alice', 'error_page 401 403 /page;'),
        way('error_page with a status',            '200 page', '200 page', '200 mcp=alice', 'error_page 401 403 =200 /page;'),
        way('error_page with the page\'s status',  '200 page', '200 page', '200 mcp=alice', 'error_page 401 403 = /page;'),
        way('error_page to a named location',      '401 page', '403 page', '200 mcp=alice', 'error_page 401 403 @page;'),
        way('error_page to a named location, = ',  '200 page', '200 page', '200 mcp=alice', 'error_page 401 403 = @page;'),
        way('error_page with arguments',           '401 page', '403 page', '200 mcp=alice', 'error_page 401 403 /page?status=$status&method=$request_method;'),
        way('error_page with headers in them',     '401 page', '403 page', '200 mcp=alice', 'error_page 401 403 /page?$http_x_user$http_proxy_authorization$http_authorization;'),
        way('named, with headers in them',         '200 page', '200 page', '200 mcp=alice', 'error_page 401 403 = @header;'),
        way('error_page to a file',                '401',      '403',      '200 mcp=alice', 'error_page 401 403 /file;'),
        way('error_page in an "if"',               '401 page', '403 page', '200 mcp=alice', 'if ($args) { error_page 401 403 /page; }', query => '?x'),
        way('an error page that leads on',         '401 page', '403 page', '200 mcp=alice', 'error_page 401 403 /leads_on;'),
        way('an error page that is rewritten',     '401 page', '403 page', '200 mcp=alice', 'error_page 401 403 /rewritten;'),
        way('an error page with a mirror',         '401 mirrored page', '403 mirrored page', '200 mcp=alice', 'error_page 401 403 /mirrored;'),
        way('an error page that asks another',     '401 page page', '403 page page', '200 mcp=alice', 'error_page 401 403 /asks;'),
        way('an error page that fails',            '200 page', '200 page', '200 mcp=alice', 'recursive_error_pages on; error_page 401 403 = /fallen;'),
        way('recursive_error_pages',               '404 page', '404 page', '200 mcp=alice', 'recursive_error_pages on; error_page 401 403 /missing;'),
        way('an error page that is protected',     '401',      '403',      '200 mcp=alice', 'error_page 401 403 /judged;'),
        way('an error page by FastCGI',            '401 page', '403 page', '200 mcp=alice', 'error_page 401 403 /fastcgi;'),
        way('an error page by gRPC',               '401 page', '403 page', '200 mcp=alice', 'error_page 401 403 /grpc;'),
        way('error_page of a POST to a URI',       '401 page(body)', '403 page(body)', '200 mcp(body)=alice', 'error_page 401 403 /page;', @post),
        way('error_page of a POST, named',         '401 page(body)', '403 page(body)', '200 mcp(body)=alice', 'error_page 401 403 @page;', @post),
    );
}

# By one that nginx answers, or sends elsewhere, before anybody could judge it.
sub unjudged_ways () {
    return (
        way('a body that is too large for nginx',  '413 mirrored', '413 mirrored', '413 mirrored', 'client_max_body_size 5; error_page 413 /quiet;', @post),
        way('such a body to a backend',            '413 page', '413 page', '413 page', 'client_max_body_size 5; error_page 413 /page;', @post, protocols => ['HTTP/1.1']),    # for HTTP/2, nginx would wait for the body
        way('such a body, named',                  '413 page', '413 page', '413 page', 'client_max_body_size 5; error_page 413 @page;', @post, protocols => ['HTTP/1.1']),
        way('an internal location',                '404 page', '404 page', '404 page', 'internal; error_page 404 /page;'),
        way('an internal location, named',         '200 page', '200 page', '200 page', 'internal; error_page 404 = @page;'),
        ['the slash that is missing', '/slash', '200 page', '200 page', '200 page', "location /slash/ { $TestNginx::Doors::door error_page 301 =200 /page; " . to('mcp') . '}'],
        way('limit_req',                           '503 page', '503 page', '503 page', 'limit_req zone=one; error_page 503 /page;', before => $limit),
        way('limit_req, named',                    '503 page', '503 page', '503 page', 'limit_req zone=one; error_page 503 @page;', before => $limit),
        way('return',                              '404 page', '404 page', '404 page', 'error_page 404 /page; return 404;'),
        way('return, named',                       '200 page', '200 page', '200 page', 'error_page 403 = @page; return 403;'),
        way('return in an "if"',                   '404 page', '404 page', '404 page', 'error_page 404 /page; if ($host) { return 404; }'),
        way('rewrite ... last',                    '200 page', '200 page', '200 page', 'rewrite ^ /page last;'),
        way('rewrite without a flag',              '200 page', '200 page', '200 page', 'rewrite ^ /page;'),
        way('rewrite in an "if"',                  '200 page', '200 page', '200 page', 'if ($http_x_user ~ (.*)) { rewrite ^ /page last; }'),
        way('rewrite by way of another',           '200 page', '200 page', '200 page', 'rewrite ^ /rewritten last;'),
        way('rewrite of a POST',                   '200 page(body)', '200 page(body)', '200 page(body)', 'rewrite ^ /page last;', @post),
        way('rewrite to a protected location',     '401', '403', '200 mcp=alice', 'rewrite ^ /judged last;'),
        way('rewrite ... break',                   '401', '403', '200 mcp=alice', 'rewrite ^ /page break;'),
    );
}

# By one that passes.
sub passed_ways () {
    return (
        way('post_action',                         '401 page', '403 page', '200 mcp=alice page', 'post_action /page;'),
        way('post_action, named',                  '401 page', '403 page', '200 mcp=alice page', 'post_action @page;'),
        way('post_action behind an error page',    '401 mirrored page', '403 mirrored page', '200 mcp=alice mirrored', 'error_page 401 403 /page_and_action; post_action /mirror;'),
        way('mirror',                              '401', '403', '200 mcp=alice page', 'mirror /page;'),
        way('two mirrors',                         '401', '403', '200 mcp=alice mirrored page', 'mirror /page; mirror /mirror;'),
        way('mirror of a POST',                    '401', '403', '200 mcp(body)=alice page(body)', 'mirror /page;', @post),
        way('mirror of a POST without its body',   '401', '403', '200 mcp(body)=alice mirrored', 'mirror /no_body; mirror_request_body off;', @post),
        way('SSI',                                 '401', '403', '200 page', $ssi, content => 'try_files /include =404;'),
        way('SSI that waits',                      '401', '403', '200 page page', $ssi, content => 'try_files /waits =404;'),
        way('SSI into a variable',                 '401', '403', '200 page', $ssi, content => 'try_files /sets =404;'),
        way('SSI with a stub',                     '401', '403', '200 page', $ssi, content => 'try_files /stub =404;'),
        way('SSI in the backend\'s answer',        '401', '403', '200 mcp=alice page', 'ssi on;', path => '/ssi_proxied'),
        way('add_before_body',                     '401', '403', '200 mcp=alice page', 'add_before_body /page; addition_types *;'),
        way('add_after_body',                      '401', '403', '200 mcp=alice page', 'add_after_body /page; addition_types *;'),
        way('auth_request',                        '401', '403', '200 mcp=alice page', 'auth_request /page;'),
        way('auth_request that refuses',           '401', '403', '403 page', 'auth_request /denies;'),
        way('try_files to a URI',                  '401', '403', '200 page', 'try_files /none /page;', content => ''),
        way('try_files to a named location',       '401', '403', '200 page', 'try_files /none @page;', content => ''),
        way('try_files to an error',               '401', '403', '404 page', 'try_files /none =404; error_page 404 /page;', content => ''),
        way('try_files of a POST',                   '401', '403', '200 page(body)', 'try_files /none @page;', @post, content => ''),
        way('a file that is not there',            '401', '403', '200 page', 'root html; error_page 404 = @page;', content => ''),
        way('a POST to a file',                    '401', '403', '200 page(body)', 'root html; error_page 405 = @page;', @post, path => '/file_of_mcp', content => ''),
        way('X-Accel-Redirect to a URI',           '401', '403', '200 mcp=alice page', '', path => '/accel'),
        way('X-Accel-Redirect, named',             '401', '403', '200 mcp=alice page', '', path => '/accel_named'),
        way('X-Accel-Redirect to a protected one', '401', '403', '200 mcp=alice mcp=alice', '', path => '/accel_back'),
        way('proxy_intercept_errors',              '401', '403', '500 mcp=alice page', 'proxy_intercept_errors on; error_page 500 /page;', path => '/fails'),
        way('a backend\'s own 401',                '401 page', '403', '401 mcp=alice page', 'proxy_intercept_errors on; error_page 401 /page;', path => '/unknown'),
        way('a backend that is down',              '401', '403', '200 page', 'error_page 502 504 = @page;', content => "proxy_pass $dead;"),
        way('a backend that hangs',                '401', '403', '504 mcp=alice page', 'error_page 502 504 /page; proxy_read_timeout 100ms;', path => '/hang'),
        way('proxy_next_upstream',                 '401', '403', '200 mcp=alice', 'proxy_set_header X-Backend mcp;', content => 'proxy_pass http://one_is_down;'),
        way('proxy_next_upstream of an error',     '401', '403', '500 mcp=alice mcp=alice', 'proxy_set_header X-Backend mcp; proxy_next_upstream http_500;', path => '/fails_twice', content => 'proxy_pass http://twice/fails;'),
        way('memcached that is down',              '401', '403', '200 page', 'set $memcached_key x; error_page 404 502 504 = @page;', content => 'memcached_pass 127.0.0.1:%%PORT_DEAD%%;'),
        way('FastCGI',                             '401', '403', '200 mcp=alice', '', content => to_fastcgi('mcp')),
        way('FastCGI of a POST',                   '401', '403', '200 mcp(body)=alice', '', content => to_fastcgi('mcp'), @post),
        way('gRPC',                                '401', '403', '200 mcp=alice', '', content => 'grpc_pass grpc://127.0.0.1:%%PORT_GRPC_MCP%%;'),
        ['index', '/index/', '401', '403', '200 page', "location = /index/ { $TestNginx::Doors::door root html; }"],
        ['autoindex', '/list/', '401', '403', '200', "location = /list/ { $TestNginx::Doors::door root html; autoindex on; }"],
        ['a folder without its slash', '/list', '401', '403', '301', "location = /list { $TestNginx::Doors::door root html; }"],
    );
}

sub ways_files () {
    return (
        'html/file'             => "file\n",
        'html/file_of_mcp'      => "file\n",
        'html/index/index.html' => "index\n",
        'html/list/x'           => "x\n",
        'html/include'          => '<!--#include virtual="/page" -->',
        'html/waits'            => '<!--#include virtual="/page" wait="yes" --><!--#include virtual="/page" wait="yes" -->',
        'html/sets'             => '<!--#include virtual="/page" set="x" --><!--#echo var="x" -->',
        'html/stub'             => '<!--#block name="stub" -->nothing<!--#endblock --><!--#include virtual="/page" stub="stub" -->',
    );
}

# What the ways lead to, or need.
sub ways_http () {
    my ($page, $port) = (to('page'), $backend->port);
    return <<"CONF";
    limit_req_zone one zone=one:64k rate=1r/m;
    upstream one_is_down { server 127.0.0.1:%%PORT_DEAD%%; server 127.0.0.1:$port; }
    upstream twice       { server 127.0.0.1:$port max_fails=0; server 127.0.0.1:$port max_fails=0; }
    server { listen 127.0.0.1:%%PORT_GRPC%% http2; underscores_in_headers on; ignore_invalid_headers off; location / { $page } }
    server { listen 127.0.0.1:%%PORT_GRPC_MCP%% http2; underscores_in_headers on; ignore_invalid_headers off; location / { @{[ to('mcp') ]} } }
CONF
}

sub ways_locations () {
    my $page = to('page');
    return <<"CONF";
        location = /page      { $page }
        location = /target    { internal; $page }
        location \@page       { $page }
        location \@target     { rewrite ^ /target break; $page }
        location \@header     { rewrite ^ /page?\$http_x_user\$http_proxy_authorization\$http_authorization last; }
        location = /warm      { limit_req zone=one; %%OK%% }
        location = /leads_on  { try_files /none \@page; }
        location = /rewritten { rewrite ^ /page last; }
        location = /missing   { recursive_error_pages on; error_page 404 /page; return 404; }
        location = /mirrored  { mirror /mirror; $page }
        location = /mirror    { @{[ to('mirrored') ]} }
        location = /quiet     { auth_request /no_body; root html; try_files /file =404; }
        location = /no_body   { proxy_pass_request_body off; proxy_set_header Content-Length ""; @{[ to('mirrored') ]} }
        location = /asks      { auth_request /page; $page }
        location = /denies    { $page }
        location = /fallen    { error_page 502 = \@down; proxy_pass $dead; }
        location \@down       { proxy_intercept_errors on; $page }
        location = /page_and_action { post_action /mirror; $page }
        location = /fastcgi   { @{[ to_fastcgi('page') ]} }
        location = /grpc      { grpc_pass grpc://127.0.0.1:%%PORT_GRPC%%; }
        location = /judged    { $TestNginx::Doors::door @{[ to('mcp') ]} }
        location = /file      { root html; }
        location = /index/index.html { $page }
CONF
}

our $listen = 'listen 127.0.0.1:%%PORT%%; listen 127.0.0.1:%%PORT_H2%% http2; underscores_in_headers on; ignore_invalid_headers off;';

# `http` and `server`: what protection needs outside of locations.
sub ways_server ($http, $server = '') {
    return $http . ways_http() . "server { $listen $server\n" . ways_locations() . "%%ROWS%%\n}\n";
}

# --- ways into a protected location ---------------------------------------------------------------------------------------

$backend->answer('/accel_in', headers => [['X-Accel-Redirect', '/judged']]);
$backend->answer('/accel_at', headers => [['X-Accel-Redirect', '@judged']]);

# From one that is not. Of a main request whose location is not protected, "any" says nothing about what its own backend saw.
sub into_ways () {
    my ($open, $any, $inner) = map { to($_) } qw(open any mcp);
    my $files = 'ssi on; ssi_types *; root html;';
    return (
        ['try_files',                      '/try',     '401', '403', '200 mcp=alice', 'location = /try { try_files /none /judged; }'],
        ['try_files to a named location',  '/try_at',  '401', '403', '200 mcp=alice', 'location = /try_at { try_files /none @judged; }'],
        ['rewrite ... last',               '/rewrite', '401', '403', '200 mcp=alice', 'location = /rewrite { rewrite ^ /judged last; }'],
        ['rewrite without a flag',         '/moved',   '401', '403', '200 mcp=alice', 'location = /moved { rewrite ^ /judged; }'],
        ['rewrite in an "if"',             '/if',      '401', '403', '200 mcp=alice', 'location = /if { if ($host) { rewrite ^ /judged last; } }'],
        ['rewrite of the server',          '/server',  '401', '403', '200 mcp=alice', 'rewrite ^/server$ /judged last;'],
        ['rewrite of a POST',              '/rewrite', '401', '403', '200 mcp(body)=alice', '', @post],
        ['error_page',                     '/error',   '401', '403', '200 mcp=alice', 'location = /error { error_page 404 = /judged; return 404; }'],
        ['error_page, named',              '/error_at','401', '403', '200 mcp=alice', 'location = /error_at { error_page 404 = @judged; root html; }'],
        ['error_page of a POST',           '/error_at','401', '403', '200 mcp(body)=alice', '', @post],
        ['error_page of a failed backend', '/fails',   '401 open+everything', '403 open+everything', '200 mcp=alice open+everything', "location = /fails { proxy_intercept_errors on; error_page 500 = \@judged; $open }"],
        ['error_page of a denied address', '/denied',  '401', '403', '200 mcp=alice', 'location = /denied { deny all; error_page 403 = /judged; }'],
        ['error_page of auth_basic',       '/basic',   '401', '403', '200 mcp=alice', 'location = /basic { auth_basic x; auth_basic_user_file users; error_page 401 = @judged; }'],
        ['X-Accel-Redirect',               '/accel_in','401 open+everything', '403 open+everything', '200 mcp=alice open+everything', "location = /accel_in { $open }"],
        ['X-Accel-Redirect, named',        '/accel_at','401 open+everything', '403 open+everything', '200 mcp=alice open+everything', "location = /accel_at { $open }"],
        ['index',                          '/index/',  '401', '403', '200 mcp=alice', "location = /index/ { root html; } location = /index/index.html { $TestNginx::Doors::door $inner }"],
        ['post_action',                    '/action',  '200 any', '200 any', '200 any mcp=alice', "location = /action { post_action /judged; $any }"],
        ['mirror',                         '/mirror',  '200 any', '200 any', '200 any mcp=alice', "location = /mirror { mirror /judged; $any }"],
        ['two mirrors',                    '/mirrors', '200 any', '200 any', '200 any mcp=alice mcp=alice', "location = /mirrors { mirror /judged; mirror /judged; $any }"],
        ['SSI',                            '/include', '200', '200', '200 mcp=alice', "location = /include { $files }"],
        ['SSI that waits',                 '/waits',   '200', '200', '200 mcp=alice mcp=alice', "location = /waits { $files }"],
        ['SSI into a variable',            '/sets',    '200', '200', '200 mcp=alice', "location = /sets { $files }"],
        ['SSI with a stub',                '/stub',    '200', '200', '200 mcp=alice', "location = /stub { $files }"],
        ['SSI in SSI',                     '/deep',    '200', '200', '200 mcp=alice', "location = /deep { $files }"],
        ['SSI by way of try_files',        '/by_try',  '200', '200', '200 mcp=alice', "location = /by_try { $files }"],
        ['add_before_body',                '/before',  '200 any', '200 any', '200 any mcp=alice', "location = /before { add_before_body /judged; addition_types *; $any }"],
        ['add_after_body',                 '/after',   '200 any', '200 any', '200 any mcp=alice', "location = /after { add_after_body /judged; addition_types *; $any }"],
        ['auth_request',                   '/ask',     '401', '403', '200 any mcp=alice', "location = /ask { auth_request /judged; $any }"],
        ['auth_request, internal',         '/ask_int', '401', '403', '200 any mcp=alice', "location = /ask_int { auth_request /hidden; $any }"],
        ['auth_request, by try_files',     '/ask_try', '401', '403', '200 any mcp=alice', "location = /ask_try { auth_request /try; $any }"],
        ['auth_request, by rewrite',       '/ask_rew', '401', '403', '200 any mcp=alice', "location = /ask_rew { auth_request /rewrite; $any }"],
        ['auth_request, by error_page',    '/ask_err', '401', '403', '200 any mcp=alice', "location = /ask_err { auth_request /error_at; $any }"],
        ['auth_request, a nested location', '/ask_in', '401', '403', '200 any mcp=alice', "location = /ask_in { auth_request /outer/inside; $any }"],
        ['auth_request, to a file',        '/ask_file','401', '403', '200 any', "location = /ask_file { auth_request /judged_file; $any }"],
        ['auth_request and SSI',           '/ask_ssi', '401', '403', '200 mcp=alice mcp=alice', "location = /ask_ssi { auth_request /judged; $files try_files /include =404; }"],
        ['satisfy any: auth_request',      '/ask_any', '401', '403', '200 any mcp=alice', "location = /ask_any { satisfy any; deny all; auth_request /judged; $any }"],
        ['from a protected location',      '/from',    '401', '403', '200 mcp=alice mcp=alice', "location = /from { $TestNginx::Doors::door auth_request /judged; $inner }"],
    );
}

# What has never been to a protected location keeps all its headers.
sub beside_ways () {
    my ($open, $inner) = map { to($_) } qw(open mcp);
    return (
        ['a location beside',              '/open',    ('200 open+everything') x 3, "location = /open { $open }"],
        ['a POST to it',                   '/open',    ('200 open(body)+everything') x 3, '', @post],
        ['its error page',                 '/open_er', ('404 open+everything') x 3, "location = /open_er { error_page 404 /open; return 404; }"],
        ['its mirror',                     '/open_mi', ('200 open+everything open+everything') x 3, "location = /open_mi { mirror /open; $open }"],
        ['its auth_request',               '/open_as', ('200 open+everything open+everything') x 3, "location = /open_as { auth_request /open; $open }"],
        ['a rewrite of the server, away from a protected name', '/judged/away', ('200 open+everything') x 3, "rewrite ^/judged/away\$ /open last; location /judged/ { $TestNginx::Doors::door $inner }"],
        ['FastCGI',                        '/open_fc', ('200 open+everything') x 3, 'location = /open_fc { ' . to_fastcgi('open') . '}'],
    );
}

sub into_files () {
    return (
        users                   => "user:{PLAIN}password\n",
        'html/index/index.html' => "index\n",
        'html/ok_file'          => "ok\n",
        'html/include'          => '<!--#include virtual="/judged" -->',
        'html/waits'            => '<!--#include virtual="/judged" wait="yes" --><!--#include virtual="/judged" wait="yes" -->',
        'html/sets'             => '<!--#include virtual="/judged" set="x" --><!--#echo var="x" -->',
        'html/stub'             => '<!--#block name="stub" -->nothing<!--#endblock --><!--#include virtual="/judged" stub="stub" -->',
        'html/deep'             => '<!--#include virtual="/include" -->',
        'html/by_try'           => '<!--#include virtual="/try" -->',
    );
}

# As ways_server(). `nested`: locations inside of the protected /outer.
sub into_server ($http, $server = '', $nested = '') {
    my ($open, $inner) = map { to($_) } qw(open mcp);
    return <<"CONF";
    $http
    server {
        $listen
        location = /judged      { $TestNginx::Doors::door $inner }
        location \@judged       { rewrite ^ /judged break; $TestNginx::Doors::door $inner }
        location = /hidden      { internal; $TestNginx::Doors::door $inner }
        location = /judged_file { $TestNginx::Doors::door try_files /ok_file =404; }
        location /outer         { $TestNginx::Doors::door location /outer/inside { $inner } $nested $inner }
        location = /app         { auth_basic "app"; auth_basic_user_file users; $open }
        $server
%%ROWS%%
    }
CONF
}

# Makes the protected location one that introspects and exchanges tokens, asking `$as`; `$more`: further directives of it.
# Returns what stands in http and in the server for that.
sub exchanging_door ($as, $more = '') {
    my $new = { access_token => 'issued-for-the-backend', token_type => 'Bearer', expires_in => 60,
        issued_token_type => 'urn:ietf:params:oauth:token-type:access_token' };
    $as->answer('/introspect', body => '{"active":true,"scope":"mcp:read"}', when => [['token-low', { body => '{"active":true,"scope":"other"}' }]]);
    $as->answer('/token', body => to_json($new));
    $TestNginx::Doors::door       = 'auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as/introspect; auth_oauth2_token_require $may error=403; '
        . "auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint /_as/token; $more";
    $TestNginx::Doors::identity   = '(issued)';
    $TestNginx::Doors::issued     = $new->{access_token};
    $TestNginx::Doors::sent       = \@forged_credentials;
    $TestNginx::Doors::good_token = sub { return 'token-good-' . 'x' x 20 };
    $TestNginx::Doors::low_token  = sub { return 'token-low-' . 'x' x 20 };
    return 'auth_oauth2_token_client_id gateway; auth_oauth2_token_client_secret secret; map $oauth2_token_scope $may { volatile; mcp:read 1; }',
        'location /_as/ { internal; proxy_pass http://127.0.0.1:' . $as->port . '/; }';
}

1;
