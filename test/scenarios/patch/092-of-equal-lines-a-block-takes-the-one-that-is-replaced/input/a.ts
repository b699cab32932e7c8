/// <types/>  
/// <types/>	
/// <types/>  
/// <types/>
import x;
