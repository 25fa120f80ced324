# nginx remembers a variable once it has looked at it, and maps remember theirs. Whatever looked at a header early: after
# the hand-over, $http_ variables and all that is made of them say what the token says, or nothing.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Mcp;

# What looks at the client's headers before the hand-over.
my $every_limit = 'limit_req zone=by_user burst=1000 nodelay; limit_req zone=by_token burst=1000 nodelay;';
my @early = (
    ['nothing looks early',            ''],
    ['limit_req by a header',          'limit_req zone=by_user burst=1000 nodelay;'],
    ['limit_req by the token',         'limit_req zone=by_token burst=1000 nodelay;'],
    ['limit_conn by a header',         'limit_conn users 100;'],
    ['an "if" on a header',            'if ($http_x_user) { set $x 1; }'],
    ['an "if" on the token',           'if ($http_authorization) { set $x 1; }'],
    ['an "if" on Proxy-Authorization', 'if ($http_proxy_authorization) { set $x 1; }'],
    ['an "if" on a map',               'if ($role = admin) { set $x 1; }'],
    ['an "if" on a map of a map',      'if ($rights = all) { set $x 1; }'],
    ['an "if" on a map of the token',  'if ($had = yes) { set $x 1; }'],
    ['an "if" on split_clients',       'if ($half = a) { set $x 1; }'],
    ['auth_request with a copy',       'auth_request /asks;'],
    ['mirror with a copy',             'mirror /asks;'],
    ['all of that',                    "$every_limit auth_request /asks; mirror /asks; if (\$http_x_user\$http_x_groups\$http_authorization\$rights\$had) { set \$x 1; }"],
);

my $format = join '|', qw($http_x_user $http_x_groups $role $rights $had $http_authorization $http_proxy_authorization);
my $alice  = 'alice|dev|user|some|no||';    # what these say behind the token of alice
my $nobody = '||none|some|no||';            # and what they say when there is no such token
my ($mcp_copy, $page_copy, $asked) = map { qq(proxy_set_header X-Copy "$format"; ) . to($_) } qw(mcp page asked);
my $names   = 'limit_req zone=by_name burst=1000 nodelay; add_header X-Name "$remote_user" always;';
my $fastcgi = to_fastcgi('mcp') . qq(fastcgi_param HTTP_X_COPY "$format"; fastcgi_param REMOTE_USER \$http_x_user;);

sub locations ($name, $directives) {
    return <<~"CONF";
        location = /mcp/$name     { $mcp $directives error_page 401 403 \@page; $mcp_copy }
        location = /fastcgi/$name { $mcp $directives $fastcgi }
        location = /any/$name     { $mcp $directives satisfy any; allow all; $mcp_copy }
        location = /named/$name   { $mcp $directives root html; error_page 404 = \@page; }
        location /off/$name       { $mcp location /off/$name/inside { mcp_resource off; $directives $page_copy } }
        CONF
}

my $locations = join '', (map { locations($_, $early[$_][1]) } 0 .. $#early), <<"CONF";
    access_log %%TESTDIR%%/access.log seen;
    underscores_in_headers on;
    ignore_invalid_headers off;
    location = /asks  { $asked }
    location \@page   { $page_copy }
    location = /realm { $mcp satisfy any; auth_basic "\$http_x_user\$rights\$had"; auth_basic_user_file users; $mcp_copy }
    location = /name     { $mcp $names error_page 401 \@name; }
    location = /name/any { $mcp $names satisfy any; allow all; proxy_set_header X-Name \$remote_user; @{[ to('mcp') ]} }
    location \@name      { $names proxy_set_header X-Name \$remote_user; @{[ to('page') ]} }
    location = /text  { $mcp error_page 401 403 = \@text; limit_req zone=by_user burst=1000 nodelay; $mcp_copy }
    location \@text   { return 200 "$format"; }
    location = /ssi   { $mcp ssi on; ssi_types *; root html; if (\$http_x_user\$rights) { set \$x 1; } }
    location = /cached {
        $mcp satisfy any; allow all;
        limit_req zone=by_user burst=1000 nodelay;
        proxy_cache answers; proxy_cache_valid 200 10m; proxy_cache_key "\$http_x_user\$uri";
        proxy_pass http://127.0.0.1:%%PORT_WHO%%;
    }
CONF
my %files = ('jwks.json' => jwks('p256'), users => "user:{PLAIN}password\n", 'html/ssi' => '<!--#echo var="http_x_user" -->|<!--#echo var="role" -->|<!--#echo var="http_authorization" default="" -->');
my $nginx = run_nginx(<<"CONF", \%files);
    mcp_scopes_supported mcp:read;
    variables_hash_max_size 2048;
    map \$http_x_user \$role { default user; ~forged admin; '' none; }
    map \$role \$rights { admin all; default some; }
    map \$http_authorization \$had { default yes; '' no; }
    split_clients \$http_x_user \$half { 50% a; * b; }
    limit_req_zone \$http_x_user zone=by_user:1m rate=1000r/s;
    limit_req_zone \$http_authorization\$http_x_groups zone=by_token:1m rate=1000r/s;
    limit_req_zone \$remote_user zone=by_name:1m rate=1000r/s;
    limit_conn_zone \$http_x_user zone=users:1m;
    proxy_cache_path %%TESTDIR%%/cache keys_zone=answers:1m;
    log_format seen '$format';
    server {
        listen 127.0.0.1:%%PORT%%;
        $locations
    }
    server {
        listen 127.0.0.1:%%PORT_EARLY%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        if (\$http_x_user\$http_x_groups\$rights\$had\$half\$http_authorization\$http_proxy_authorization) { set \$x 1; }
        $locations
    }
    server { listen 127.0.0.1:%%PORT_WHO%%; return 200 "for \$http_x_user"; }
CONF

sub read_log { open my $in, '<', $nginx->dir . '/access.log' or return; return map { chomp; s/-(?=\||\z)//gr } <$in> }

# The status, each backend that was asked and the copies it got; then what the access log says.
sub seen ($protocol, $path, %request) {
    my $before = read_log();
    my %sent   = (headers => \@forged, %request);
    my $status = $protocol eq 'HTTP/2' ? status_http2($nginx, $path, %sent) : $nginx->get($path, %sent, port => $protocol eq 'early' ? 'PORT_EARLY' : 'PORT')->status;
    wait_for(5, sub { read_log() > $before });
    my @asked = map { arrival($_, %sent) . '[' . join(',', values_of($_, 'X-Copy')) . ']' . join '', map { "user:$_" } values_of($_, 'REMOTE_USER') } new_requests($status == 200);
    return join ' ', $status, (grep { !/\Aasked\[/ } @asked), 'log[' . (read_log())[-1] . ']';
}

my $token = good_token();
my @good  = (token => $token, is_good => 1);
for my $number (0 .. $#early) {
    my $what = $early[$number][0];
    for my $protocol ('HTTP/1.1', 'early', 'HTTP/2') {
        my $name = $protocol eq 'early' ? "$what, and the server" : "$what, $protocol";
        my $says = sub ($wanted, $rule, @request) { is seen($protocol, @request), $wanted, "$name: $rule" };
        $says->("401 page[$nobody] log[$nobody]",             'an error page learns nothing',         "/mcp/$number");
        $says->("403 page[$nobody] log[$nobody]",             'nor behind a token without the scope', "/mcp/$number", token => low_token());
        $says->("200 mcp=alice[$alice] log[$alice]",          'the backend learns from the token',    "/mcp/$number", @good);
        $says->("200 mcp=alice[$alice]user:alice log[$alice]", 'so does a FastCGI application',       "/fastcgi/$number", @good);
        $says->("200 mcp[$nobody] log[$nobody]",              'nobody\'s token says nothing',         "/any/$number");
        $says->("200 page[$nobody] log[$nobody]",             'nothing behind mcp_resource off',      "/off/$number/inside", @good);
        my $moved = seen($protocol, "/named/$number", @good);
        like $moved, qr/\A200 page\[(\Q$alice\E|\Q$nobody\E)\] log\[(\Q$alice\E|\Q$nobody\E)\]\z/, "$name: in a named location, the token's word at most";
    }
}

is seen($_, '/fastcgi/0', token => low_token()), "403 log[$nobody]", "$_: the log of a refusal shows nothing" for 'HTTP/1.1', 'early', 'HTTP/2';
is seen($_, '/realm', @good), "200 mcp=alice[$alice] log[$alice]", "$_: a realm that looks early" for 'HTTP/1.1', 'HTTP/2';
for my $path ('/name', '/name/any') {
    my $response = $nginx->get($path, headers => ['Authorization: Basic Zm9yZ2VkOmZvcmdlZA==']);    # forged:forged
    is $response->header('X-Name') // '', '', "$path: \$remote_user does not tell a name that nobody checked";
    is join(',', map { values_of($_, 'X-Name') } new_requests(1)), '', 'to no backend, either';
}
is $nginx->get('/text', headers => \@forged)->body, $nobody, 'text of an error page';
is $nginx->get('/text', headers => \@forged, token => low_token())->body, $nobody, 'text of an error page behind a token without the scope';
is $nginx->get('/ssi', headers => \@forged, token => $token)->body, 'alice|user|', 'SSI echoes the token\'s word';

# --- a cache whose key is a header ----------------------------------------------------------------------------------------

my %tokens = (map({ $_ => good_token(sub => $_) } qw(alice bob)), '' => undef);
for my $forged ([], ['X-User: alice'], ['X-User: bob'], ['X_User: alice'], ['X-User: forged'], ['X_User: bob', 'X-User: alice']) {
    for my $port (qw(PORT PORT_EARLY)) {
        for my $user ('alice', 'bob', '', 'bob', 'alice') {
            my $whose = $nginx->get('/cached', port => $port, headers => $forged, token => $tokens{$user})->body;
            is $whose, "for $user", "a cache by \$http_x_user: '$user', with @$forged, gets no other's answer";
        }
    }
}
new_requests(0);

finish();
