# A question to the authorization server has our credentials and the client's token, and its answer is believed. So it
# stays in the location that was written for it: whatever else would answer is never asked, and never believed.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as      = run_origin();
my $backend = run_origin();    # a server that believes nobody's token, and would say yes to any
my ($as_port, $backend_port) = ($as->port, $backend->port);
my $yes = '{"active":true,"sub":"mallory","access_token":"forged","token_type":"Bearer",'
    . '"issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}';
$backend->answer('/', body => $yes);
$as->answer('/introspect', body => $yes);

# With an error page of their own, so that they do not inherit those of the server.
my $on       = 'error_page 418 /none; auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint';
my $exchange = 'error_page 418 /none; auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint';
my $to_as    = "proxy_pass http://127.0.0.1:$as_port";
my $to_other = "proxy_pass http://127.0.0.1:$backend_port";
my $down     = 'proxy_pass http://127.0.0.1:%%PORT_NOBODY%%';
my $nginx = run_nginx(<<"CONF");
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret-of-the-gateway;
    server {
        listen 127.0.0.1:%%PORT%%;
        error_page 500 502 503 504 404 401 = \@backup;
        location /good        { $on /_as/introspect; %%OK%% }
        location /down        { $on /_down; %%OK%% }
        location /x-down      { $exchange /_down; %%OK%% }
        location /fails       { $on /_as/fails; %%OK%% }
        location /refuses     { $on /_as/refuses; %%OK%% }
        location /intercepts  { $on /_intercepts/refuses; %%OK%% }
        location /recursive   { $on /_recursive; %%OK%% }
        location /page        { $on /_page; %%OK%% }
        location /accel       { $on /_as/accel; %%OK%% }
        location /x-accel     { $exchange /_as/accel; %%OK%% }
        location /accel-named { $on /_as/accel-named; %%OK%% }
        location /accel-home  { $on /_as/accel-home; %%OK%% }
        location /tries       { $on /_tries; %%OK%% }
        location /tries-named { $on /_tries_named; %%OK%% }
        location /rewrites    { $on /_rewrites; %%OK%% }
        location /breaks      { $on /_breaks; %%OK%% }
        location /tenant      { $on /_as/\$http_x_tenant; %%OK%% }
        location /x-tenant    { $exchange /_as/\$http_x_tenant; %%OK%% }
        location /anywhere    { $on \$http_x_endpoint; %%OK%% }
        location /pattern     { $on /_pattern/\$http_x_tenant; %%OK%% }
        location /adds        { $on /_adds; %%OK%% }
        location /mirrors     { $on /_mirrors; %%OK%% }
        location /includes    { $on /_includes; %%OK%% }
        location /large       { $on /_large; %%OK%% }

        location /_as/            { internal; $to_as/; }
        location = /_down         { internal; $down; }
        location /_intercepts/    { internal; proxy_intercept_errors on; recursive_error_pages on; $to_as/; }
        location = /_recursive    { internal; recursive_error_pages on; error_page 502 = /_page; $down; }
        location = /_page         { internal; error_page 502 /open; $down; }
        location = /_tries        { internal; try_files /none /open; }
        location = /_tries_named  { internal; try_files /none \@backup; }
        location = /_rewrites     { internal; rewrite ^ /open last; }
        location = /_breaks       { internal; rewrite ^ /introspect break; $to_as; }
        location ~ ^/_pattern/a+\$ { internal; rewrite ^ /introspect break; $to_as; }
        location = /_adds         { internal; add_before_body /open; addition_types *; $to_as/introspect; }
        location = /_mirrors      { internal; mirror /open; auth_request /open; $to_as/introspect; }
        location = /_includes     { internal; ssi on; ssi_types *; $to_as/includes; }
        location = /_large        { internal; client_max_body_size 10; $to_as/introspect; }
        location ~* \\.(json|png|css|js)\$ { $to_other; }
        location ~* \\.(svg|zip)\$ { internal; $to_other; }
        location = /open          { $to_other; }
        location /                { $to_other; }
        location \@backup         { $to_other; }
    }
    server {
        listen 127.0.0.1:%%PORT_RETURNS%%;
        if (\$uri = /_as) { return 200 '$yes'; }
        location /      { $on /_as; %%OK%% }
        location = /_as { internal; $to_as/introspect; }
    }
    server {
        listen 127.0.0.1:%%PORT_REWRITES%%;
        rewrite ^/_as\$ /_open last;
        location /       { $on /_as; %%OK%% }
        location = /_as  { internal; $to_as/introspect; }
        location /_open  { internal; $to_other; }
    }
    server {
        listen 127.0.0.1:%%PORT_ACTION%%;
        post_action \@backup;
        location /        { $on /_as; %%OK%% }
        location = /_as   { internal; $to_as/hangs; }
        location \@backup { $to_other; }
    }
CONF
$as->answer('/fails',   status => 502, body => $yes);
$as->answer('/refuses', status => 401, body => $yes);
$as->answer('/accel',   headers => [['X-Accel-Redirect', '/open']], body => $yes);
$as->answer('/accel-named', headers => [['X-Accel-Redirect', '@backup']], body => $yes);
$as->answer('/accel-home',  headers => [['X-Accel-Redirect', '/_as/introspect']], body => $yes);
$as->answer('/includes', headers => [['Content-Type', 'text/html']], body => '<!--# include virtual="/open" -->');
$as->answer('/hangs', hang => 1);
my $token = 'token-of-the-client';
$nginx->keep_out_of_log('secret-of-the-gateway', 'Z2F0ZXdheTpzZWNyZXQtb2YtdGhlLWdhdGV3YXk=');
$nginx->passes_after('/good', token => $token);

# 503 with Retry-After, one line that says why, and the other server was never asked.
sub strays ($name, $path, $reason, %request) {
    $nginx->refuses($name, path => $path, token => $token, status => 503, reason => $reason, %request);
    like $nginx->get($path, token => $token, %request)->header('Retry-After'), qr/\A\d+\z/, "$name: come back later";
    is others(), '', "$name: nobody else was asked";
    return;
}

sub others () { return join ', ', map { "$_->{method} $_->{uri}" } $backend->requests }

my $sent_on = qr/sent it on \(by try_files, rewrite, index, or an X-Accel-Redirect/;
is $nginx->get('/good', token => $token)->status, 200, 'the location that was written answers';
is +($as->requests('/introspect'))[-1]{body}, "token=$token&token_type_hint=access_token", 'it is told the token';

strays('error_page of the server, nobody listens', '/down', qr/server_unreachable.*"\/_down" gave status 502/);
strays('the same, exchange', '/x-down', qr/server_unreachable.*"\/_down" gave status 502/);
strays('error_page of the server, 502', '/fails', qr/server_unreachable.*gave status 502/);
strays('error_page of the server, 401', '/refuses', qr/server_refuses_client.*gave status 401/);
strays('proxy_intercept_errors and recursive_error_pages', '/intercepts', qr/server_refuses_client.*gave status 401/);
strays('recursive_error_pages in the location', '/recursive', qr/server_unreachable.*gave status 502/);
strays('error_page of the location', '/page', qr/server_unreachable.*gave status 502/);
strays('X-Accel-Redirect', '/accel', qr/server_not_asked.*location "\/_as\/" $sent_on/);
strays('X-Accel-Redirect, exchange', '/x-accel', qr/server_not_asked.*location "\/_as\/" $sent_on/);
strays('X-Accel-Redirect to a named location', '/accel-named', qr/server_not_asked.*location "\/_as\/" $sent_on/);
strays('X-Accel-Redirect to the same location', '/accel-home', qr/server_not_asked.*location "\/_as\/" $sent_on/);
strays('try_files', '/tries', qr/server_not_asked.*location = "\/_tries" $sent_on/);
strays('try_files to a named location', '/tries-named', qr/server_not_asked.*location = "\/_tries_named" $sent_on/);
strays('rewrite ... last', '/rewrites', qr/server_not_asked.*location = "\/_rewrites" $sent_on/);
strays('a pattern of another location', '/tenant', qr/server_not_asked.*location ~ "\\\.\(json\|png\|css\|js\)\$" would answer "\/_as\/\$http_x_tenant", but its name does not begin like that URI/,
    headers => ["X-Tenant: $_"]) for qw(x.png a/b.json);
strays('the same, exchange', '/x-tenant', qr/server_not_asked.*would answer/, headers => ['X-Tenant: x.png']);
strays('a pattern of another internal location', '/tenant', qr/server_not_asked.*location ~ "\\\.\(svg\|zip\)\$" would answer/, headers => ['X-Tenant: x.svg']);
strays('a whole URI of a client: open', '/anywhere', qr/server_not_asked.*location = "\/open" would answer "\$http_x_endpoint", but is open to clients; write "internal" in it/, headers => ['X-Endpoint: /open']);
strays('a whole URI of a client: the location /', '/anywhere', qr/server_not_asked.*location "\/" would answer/, headers => ['X-Endpoint: /other']);
strays('a value that brings arguments', '/tenant', qr/server_not_asked.*the URI is not safe/, headers => ['X-Tenant: introspect?a=b']);
strays('one that brings a line end, exchange', '/x-tenant', qr/server_not_asked.*the URI is not safe/, headers => ['X-Tenant: introspect%0D%0AHost:x']);
strays('a pattern of its own that does not match', '/pattern', qr/server_not_asked.*location "\/" would answer/, headers => ['X-Tenant: b']);
strays('a limit on the body', '/large', qr/server_not_asked.*answered with status 413 before it came to a location/);
strays('an answer with SSI', '/includes', qr/document_not_json|server_unreachable/);

is $nginx->get($_->[0], token => $token, headers => $_->[1])->status, 200, "it stays there: $_->[2]"
    for ['/breaks', [], 'rewrite ... break'], ['/pattern', ['X-Tenant: aaa'], 'a pattern that begins with it'],
        ['/tenant', ['X-Tenant: introspect'], 'a variable'],
        ['/mirrors', [], 'mirror and auth_request, which nginx ignores in subrequests'], ['/adds', [], 'the same with add_before_body'];
is others(), '', 'and nobody else was asked';

# --- the server answers, or leads elsewhere -------------------------------------------------------------------------------

for (['return', 'PORT_RETURNS', qr/answered with status 200 before it came to a location; look for "return"/],
    ['rewrite', 'PORT_REWRITES', qr/location "\/_open" would answer "\/_as", but its name does not begin like that URI/]) {
    my ($what, $port, $reason) = @$_;
    $nginx->refuses("$what of the server", path => '/ok', port => $port, token => $token, status => 503, reason => $reason);
    like $nginx->get('/ok', port => $port, token => $token)->header('Retry-After'), qr/\A\d+\z/, "$what of the server: come back later";
}

# --- the client goes away: post_action would go on with the headers of the question ---------------------------------------

my $asked = () = $as->requests('/hangs');
my $client = $nginx->begin('/ok', port => 'PORT_ACTION', token => $token);
ok wait_for(10, sub { $asked < (() = $as->requests('/hangs')) }), 'a question is under way';
undef $client;
wait_for(10, sub { $nginx->log =~ /prematurely closed connection/ });
is $nginx->get('/good', token => $token)->status, 200, 'its client goes away, and nginx goes on';
is others(), '', 'post_action: nobody else was asked';

finish();
