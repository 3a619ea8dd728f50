pub mod scenario;pub mod scope;
