# Every way into a protected location from one that is not: whoever comes is judged like any request. And what never
# touched a protected location keeps all its headers.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Mcp;

my ($open, $any, $inner) = map { to($_) } qw(open any mcp);
my @post = (method => 'POST', headers => ['Content-Type: application/json'], body => message('tools/call', name => 'x'));
my $ssi  = 'ssi on; ssi_types *; root html;';

$backend->answer('/accel_in',  headers => [['X-Accel-Redirect', '/judged']]);
$backend->answer('/accel_at',  headers => [['X-Accel-Redirect', '@judged']]);
$backend->answer('/fails',     status => 500, body => 'failed');

# Of a main request whose location is not protected, "any" says nothing about what its own backend saw.
my @into = (
    ['try_files',                      '/try',     '401', '403', '200 mcp=alice', 'location = /try { try_files /none /judged; }'],
    ['try_files to a named location',  '/try_at',  '401', '403', '200 mcp=alice', 'location = /try_at { try_files /none @judged; }'],
    ['rewrite ... last',               '/rewrite', '401', '403', '200 mcp=alice', 'location = /rewrite { rewrite ^ /judged last; }'],
    ['rewrite without a flag',         '/moved',   '401', '403', '200 mcp=alice', 'location = /moved { rewrite ^ /judged; }'],
    ['rewrite in an "if"',             '/if',      '401', '403', '200 mcp=alice', 'location = /if { if ($host) { rewrite ^ /judged last; } }'],
    ['rewrite of the server',          '/server',  '401', '403', '200 mcp=alice', 'rewrite ^/server$ /judged last;'],
    ['rewrite of a POST',              '/rewrite', '401', '403', '200 mcp(body)=alice', '', @post],
    ['error_page',                     '/error',   '404', '404', '404 mcp=alice', 'location = /error { error_page 404 /judged; return 404; }'],
    ['error_page, named',              '/error_at','401', '403', '200 mcp=alice', 'location = /error_at { error_page 404 = @judged; root html; }'],
    ['error_page of a POST',           '/error_at','401', '403', '200 mcp(body)=alice', '', @post],
    ['error_page of a failed backend', '/fails',   '401 open+everything', '403 open+everything', '200 mcp=alice open+everything', "location = /fails { proxy_intercept_errors on; error_page 500 = \@judged; $open }"],
    ['error_page of a denied address', '/denied',  '401', '403', '200 mcp=alice', 'location = /denied { deny all; error_page 403 = /judged; }'],
    ['error_page of auth_basic',       '/basic',   '401', '403', '200 mcp=alice', 'location = /basic { auth_basic x; auth_basic_user_file users; error_page 401 = @judged; }'],
    ['X-Accel-Redirect',               '/accel_in','401 open+everything', '403 open+everything', '200 mcp=alice open+everything', "location = /accel_in { $open }"],
    ['X-Accel-Redirect, named',        '/accel_at','401 open+everything', '403 open+everything', '200 mcp=alice open+everything', "location = /accel_at { $open }"],
    ['index',                          '/index/',  '401', '403', '200 mcp=alice', "location = /index/ { root html; } location = /index/index.html { $mcp $inner }"],
    ['post_action',                    '/action',  '200 any', '200 any', '200 any mcp=alice', "location = /action { post_action /judged; $any }"],
    ['mirror',                         '/mirror',  '200 any', '200 any', '200 any mcp=alice', "location = /mirror { mirror /judged; $any }"],
    ['two mirrors',                    '/mirrors', '200 any', '200 any', '200 any mcp=alice mcp=alice', "location = /mirrors { mirror /judged; mirror /judged; $any }"],
    ['SSI',                            '/include', '200', '200', '200 mcp=alice', "location = /include { $ssi }"],
    ['SSI that waits',                 '/waits',   '200', '200', '200 mcp=alice mcp=alice', "location = /waits { $ssi }"],
    ['SSI into a variable',            '/sets',    '200', '200', '200 mcp=alice', "location = /sets { $ssi }"],
    ['SSI with a stub',                '/stub',    '200', '200', '200 mcp=alice', "location = /stub { $ssi }"],
    ['SSI in SSI',                     '/deep',    '200', '200', '200 mcp=alice', "location = /deep { $ssi }"],
    ['SSI by way of try_files',        '/by_try',  '200', '200', '200 mcp=alice', "location = /by_try { $ssi }"],
    ['add_before_body',                '/before',  '200 any', '200 any', '200 any mcp=alice', "location = /before { add_before_body /judged; addition_types *; $any }"],
    ['add_after_body',                 '/after',   '200 any', '200 any', '200 any mcp=alice', "location = /after { add_after_body /judged; addition_types *; $any }"],
    ['auth_request',                   '/ask',     '401', '403', '200 any mcp=alice', "location = /ask { auth_request /judged; $any }"],
    ['auth_request, internal',         '/ask_int', '401', '403', '200 any mcp=alice', "location = /ask_int { auth_request /hidden; $any }"],
    ['auth_request, by try_files',     '/ask_try', '401', '403', '200 any mcp=alice', "location = /ask_try { auth_request /try; $any }"],
    ['auth_request, by rewrite',       '/ask_rew', '401', '403', '200 any mcp=alice', "location = /ask_rew { auth_request /rewrite; $any }"],
    ['auth_request, by error_page',    '/ask_err', '401', '403', '200 any mcp=alice', "location = /ask_err { auth_request /error_at; $any }"],
    ['auth_request, a nested location', '/ask_in', '401', '403', '200 any mcp=alice', "location = /ask_in { auth_request /outer/inside; $any }"],
    ['auth_request, to a file',        '/ask_file','401', '403', '200 any', "location = /ask_file { auth_request /judged_file; $any }"],
    ['auth_request and SSI',           '/ask_ssi', '401', '403', '200 mcp=alice mcp=alice', "location = /ask_ssi { auth_request /judged; $ssi try_files /include =404; }"],
    ['satisfy any: auth_request',      '/ask_any', '401', '403', '200 any mcp=alice', "location = /ask_any { satisfy any; deny all; auth_request /judged; $any }"],
    ['from a protected location',      '/from',    '401', '403', '200 mcp=alice mcp=alice', "location = /from { $mcp auth_request /judged; $inner }"],
    ['into one that demands more',     '/ask_more','401', '403', '403', "location = /ask_more { auth_request /outer/more; $any }"],
    ['into one of another resource',   '/ask_other', '401', '401', '401', "location = /ask_other { auth_request /other; $any }"],
    ['the same, from a protected one', '/mcp_other', '401', '403', '401', "location = /mcp_other { $mcp auth_request /other; $any }"],
    ['SSI of it, from a protected one','/inc_other', '401', '403', '200', "location = /inc_other { $mcp $ssi }"],
);

my @beside = (
    ['a location beside',              '/open',    ('200 open+everything') x 3, "location = /open { $open }"],
    ['a POST to it',                   '/open',    ('200 open(body)+everything') x 3, '', @post],
    ['its error page',                 '/open_er', ('404 open+everything') x 3, "location = /open_er { error_page 404 /open; return 404; }"],
    ['its mirror',                     '/open_mi', ('200 open+everything open+everything') x 3, "location = /open_mi { mirror /open; $open }"],
    ['its auth_request',               '/open_as', ('200 open+everything open+everything') x 3, "location = /open_as { auth_request /open; $open }"],
    ['mcp_resource off, alone',        '/open_of', ('200 open+everything') x 3, "location = /open_of { mcp_resource off; $open }"],
    ['a rewrite of the server, away from a protected name', '/judged/away', ('200 open+everything') x 3, "rewrite ^/judged/away\$ /open last; location /judged/ { $mcp $inner }"],
    ['FastCGI',                        '/open_fc', ('200 open+everything') x 3, 'location = /open_fc { ' . to_fastcgi('open') . '}'],
);

my %files = (
    'jwks.json'             => jwks('p256'),
    users                   => "user:{PLAIN}password\n",
    'html/index/index.html' => "index\n",
    'html/ok_file'          => "ok\n",
    'html/include'          => '<!--#include virtual="/judged" -->',
    'html/inc_other'        => '<!--#include virtual="/other" -->',
    'html/waits'            => '<!--#include virtual="/judged" wait="yes" --><!--#include virtual="/judged" wait="yes" -->',
    'html/sets'             => '<!--#include virtual="/judged" set="x" --><!--#echo var="x" -->',
    'html/stub'             => '<!--#block name="stub" -->nothing<!--#endblock --><!--#include virtual="/judged" stub="stub" -->',
    'html/deep'             => '<!--#include virtual="/include" -->',
    'html/by_try'           => '<!--#include virtual="/try" -->',
);
my $nginx = check_doors(<<"CONF", \%files, @into, @beside);
    mcp_scopes_supported mcp:read;
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        underscores_in_headers on;
        ignore_invalid_headers off;
        location = /judged      { $mcp $inner }
        location \@judged       { rewrite ^ /judged break; $mcp $inner }
        location = /hidden      { internal; $mcp $inner }
        location = /judged_file { $mcp try_files /ok_file =404; }
        location = /other       { @{[ $mcp =~ s{mcp;}{other;}r ]} $inner }
        location /outer         { $mcp location /outer/inside { $inner } location /outer/more { mcp_scope more; $inner } $inner }
        location = /app         { auth_basic "app"; auth_basic_user_file users; $open }
%%ROWS%%
    }
CONF

# --- an application beside ------------------------------------------------------------------------------------------------

my @password = ('Authorization: Basic dXNlcjpwYXNzd29yZA==', @forged);    # user:password
is outcome($nginx, $_, '200 open', '/app', headers => \@password), '200 open+everything', "$_: a password opens an app beside, which sees it" for 'HTTP/1.1', 'HTTP/2';
is outcome($nginx, 'HTTP/1.1', '401', '/app'), '401', 'without it, the app stays closed';

my $token = good_token();
my @in_turn = $nginx->get_in_turn(['/judged', token => $token, headers => \@forged], ['/open', token => $token, headers => \@forged], ['/judged', headers => \@forged], ['/open', headers => ['X-User: forged']]);
is join(' ', map { $_->status } @in_turn), '200 200 401 200', 'one connection, a request for each';
my @seen = new_requests(3);
is arrival($seen[0], token => $token, headers => \@forged), 'mcp=alice', 'the protected one sees the token\'s identity';
is arrival($seen[1], token => $token, headers => \@forged), 'open+everything', 'the next request has all its headers';
is arrival($seen[2], headers => ['X-User: forged']), 'open+everything', 'the one after a refusal, too';

finish();
